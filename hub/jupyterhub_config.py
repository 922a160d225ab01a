"""What a class may do on a hub, on one machine or on many: README.md beside this file says where it goes.

Who may log in is the hub's own matter, and stands elsewhere; so does how much memory a student gets.
"""

c = get_config()  # noqa: F821

# A student's rights end at their own server, which is what the hub gives to anybody. Teachers see who is there, and
# start and stop servers; they do not enter one ("access:servers" would let them).
c.JupyterHub.load_groups = {"teachers": {"users": []}}
c.JupyterHub.load_roles = [
    {"name": "teacher", "groups": ["teachers"], "scopes": ["admin-ui", "list:users", "servers", "read:hub"]}
]

c.Spawner.default_url = "/lab"
# What a student writes into their own settings does not weaken the server that the hub starts.
c.Spawner.disable_user_config = True
# Kernels listen on files in a /tmp of their own, not on ports that everybody on the machine can read. (The path is
# short: a socket's may not have more than 107 characters.)
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.SystemdSpawner.isolate_tmp = True
c.Spawner.environment = {
    "JUPYTER_RUNTIME_DIR": "/tmp/jupyter",
    # A lesson's arrays are small: more threads would only take time from the neighbours.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # What a picture was drawn on goes back to the machine at once: a tenth of a kernel's memory.
    "MALLOC_MMAP_THRESHOLD_": "262144",
}
