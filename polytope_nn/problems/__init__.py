"""What is asked: training and interpolation problems, and the files they are read from."""
