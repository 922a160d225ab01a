"""What a class may do on a hub, on one machine or on many: README.md beside this file says where it goes.

It adds to what the hub has set before (`c`), and takes nothing away. Who may log in, and how much memory a
student gets, stands elsewhere.
"""

# ruff: noqa: F821

# A student's rights end at their own server, as the hub has it for everybody. The group "teachers" sees who
# is there, and starts and stops servers, but does not enter one ("access:servers" would let them).
c.JupyterHub.load_roles.append(
    {"name": "teacher", "groups": ["teachers"], "scopes": ["admin-ui", "list:users", "servers"]}
)

c.Spawner.default_url = "/lab"
# What a student writes into their own settings does not weaken the server that the hub starts.
c.Spawner.disable_user_config = True
# Kernels listen on files in a /tmp of their own, not on ports: all on the machine could read what they say.
c.Spawner.args.append("--KernelManager.transport=ipc")
c.SystemdSpawner.isolate_tmp = True
for spawner in (c.Spawner, c.KubeSpawner):
    spawner.environment.update(
        {
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # short: the path of such a file ends at 107 characters
            # A lesson's arrays are small: more threads would only take time from the neighbours.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            # What a picture was drawn on goes back to the machine at once: a tenth of a kernel's memory.
            "MALLOC_MMAP_THRESHOLD_": "262144",
        }
    )
