"""The floors: the least that a program could do and still do the job. Each one is run as a process."""
