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
# All lies in the student's home: an image starts elsewhere, in a folder that does not outlive the server.
c.Spawner.notebook_dir = "~"
# What is written into ~/.jupyter, by whomever, does not weaken the server that the hub starts.
c.Spawner.disable_user_config = True
# Kernels speak through files in a /tmp of their own: at a port all on the machine could listen.
c.Spawner.args.append("--KernelManager.transport=ipc")
c.SystemdSpawner.isolate_tmp = True
for spawner in (c.Spawner, c.KubeSpawner):
    spawner.environment.update(
        {
            "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",  # short: the path of such a file ends at 107 characters
            # Packages of a student's own do not come before the course's.
            "PYTHONNOUSERSITE": "1",
            # A lesson's arrays are small: more threads would only take time from the neighbours.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            # What a picture was drawn on goes back to the machine at once: a tenth of a kernel's memory.
            "MALLOC_MMAP_THRESHOLD_": "262144",
        }
    )
