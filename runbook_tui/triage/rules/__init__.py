"""The rules of catalogue 5.3, a module a family. Importing a file registers what is in it."""
