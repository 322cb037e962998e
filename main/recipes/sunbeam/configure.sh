# Makes networks and, if wanted, the demo project. From the environment: DEMO, yes or no.

if [ "$DEMO" = no ]; then
  echo "No demo project is wanted"
  exit 0
fi
run_sunbeam 'Writing openrc to demo-openrc ... done' configure --accept-defaults --openrc demo-openrc
