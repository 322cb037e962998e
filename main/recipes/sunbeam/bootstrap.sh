# Brings up the control plane and the hypervisor. Storage would need a second, empty disk, which these machines have not.

run_sunbeam 'Node has been bootstrapped with roles:' cluster bootstrap --accept-defaults --role control,compute
