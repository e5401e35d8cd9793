# add_boot_image(): see below.
