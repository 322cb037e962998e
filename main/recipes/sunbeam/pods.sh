# The services of OpenStack and Juju's controller are pods, which Kubernetes starts again after a boot by itself; databases
# find each other again, and only then the services their databases. With an empty $fix this only says who is not ready yet.

export PATH=$PATH:/snap/bin

# NAMESPACE NAME READY STATUS …: "keystone-0 2/2 Running". What a person runs besides is not waited for.
unready() {
  local pods
  pods=$(timeout 60 k8s kubectl get pods --all-namespaces --no-headers) || { echo Kubernetes; return; }
  awk '$1 ~ /^(openstack|controller-.*)$/ && $4 != "Completed" {
    split($3, containers, "/")
    if (containers[1] != containers[2]) print $2
  }' <<<"$pods"
}

if ! command -v k8s >/dev/null; then
  echo "Kubernetes is not installed yet"
  exit 0
fi
before=
for _ in $(seq 240); do
  waiting=$(unready | tr '\n' ' ')
  if [ -z "$waiting" ]; then
    echo "All pods are ready"
    exit 0
  fi
  if [ -z "$fix" ]; then
    echo "Not ready: $waiting"
    exit 1
  fi
  if [ "$waiting" != "$before" ]; then echo "Waiting for $(wc -w <<<"$waiting") pods: $waiting"; fi
  before=$waiting
  sleep 10
done
echo "Still not ready after 40 minutes: $waiting" >&2
exit 1
