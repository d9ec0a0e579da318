"""What is shown of runs, kept up to date while cells run."""
