import Proto
