"""The command line: what each command is asked for, what it does, and where its reports go.

The top floor: it may import every other room but `action`, and nothing imports it but `__main__`.
"""
