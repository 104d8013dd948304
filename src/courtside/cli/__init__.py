"""The commands people type, one file each; they ask services and write down what comes back."""
