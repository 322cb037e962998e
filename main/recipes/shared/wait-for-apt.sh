# apt waits for dpkg's lock by itself, but not for the one of the package lists; updates at first boot hold both.
timeout 300 python3 - <<'PYTHON'
import fcntl
for path in ('/var/lib/dpkg/lock-frontend', '/var/lib/apt/lists/lock'):
    with open(path, 'w') as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f'Another program holds {path}; waiting for it.', flush=True)
            fcntl.lockf(lock, fcntl.LOCK_EX)
PYTHON

