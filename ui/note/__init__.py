"""Note and tags of a citation, for the city's eyes only: a page of the officer and of the desk."""
