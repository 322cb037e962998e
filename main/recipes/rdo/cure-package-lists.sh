# Throws away what dnf remembers of its repositories, their mirrors among it, and asks again.
dnf clean metadata
dnf --setopt=retries=5 makecache
echo "The package lists are those of the servers"
