"""The command line: everything the app can do, without a screen."""
