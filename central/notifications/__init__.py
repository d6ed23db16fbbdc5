"""Messages to drivers: receipts by e-mail and text message, and receipts found by their code."""
