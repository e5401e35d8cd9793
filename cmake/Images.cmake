# add_boot_image(): an ISO out of a kernel, its configuration and a boot loader, made by the runner that this build
# makes first. Whatever goes into the image is a dependency of it, the runner included.
#
#   add_boot_image(name KERNEL target LOADER target CONFIG file OUTPUT file)

function(add_boot_image name)
  cmake_parse_arguments(PARSE_ARGV 1 IMAGE "" "KERNEL;LOADER;CONFIG;OUTPUT" "")
  cmake_path(ABSOLUTE_PATH IMAGE_CONFIG)
  add_custom_command(OUTPUT ${IMAGE_OUTPUT}
    COMMAND lintel image --kernel $<TARGET_FILE:${IMAGE_KERNEL}> --loader-efi $<TARGET_FILE:${IMAGE_LOADER}>
            --config ${IMAGE_CONFIG} -o ${IMAGE_OUTPUT}
    DEPENDS lintel ${IMAGE_KERNEL} $<TARGET_FILE:${IMAGE_KERNEL}> ${IMAGE_LOADER} $<TARGET_FILE:${IMAGE_LOADER}>
            ${IMAGE_CONFIG}
    COMMENT "Making ${IMAGE_OUTPUT}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${IMAGE_OUTPUT})
endfunction()
