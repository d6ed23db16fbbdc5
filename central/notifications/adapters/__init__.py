"""The ways out of central: a mail server and a provider of text messages."""
