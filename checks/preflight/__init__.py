"""What must hold before anything else is asked: who is signed in, where, on what clock."""
