# `cmake --install` and the Debian package. The command finds its files relative to itself, so that the prefix is free
# to be moved: <prefix>/bin/lintel and <prefix>/share/lintel stay beside each other.
set(share share/lintel)
set(package lib/cmake/Lintel)
set(made ${PROJECT_BINARY_DIR}/install)  # what is made for the installation only

install(TARGETS lintel RUNTIME DESTINATION bin)
install(FILES $<TARGET_FILE:bootx64> ${made}/direct.elf share/limine.conf share/kernel.ld DESTINATION ${share})
install(DIRECTORY share/template DESTINATION ${share})
install(FILES tools/gdb/lintel.py DESTINATION ${share}/gdb)

# Headers, and the few sources that each kernel compiles for itself.
include(package/RuntimeFiles)
foreach(file IN LISTS LINTEL_RUNTIME_SOURCES LINTEL_RUNTIME_HEADERS)
  cmake_path(GET file PARENT_PATH folder)
  install(FILES ${file} DESTINATION include/lintel/${folder})
endforeach()
install(FILES protocol/limine.hpp protocol/wire.hpp DESTINATION include/lintel/protocol)
install(DIRECTORY base/freestanding/config base/freestanding/include DESTINATION include/lintel/base/freestanding)
configure_file(cmake/package/LintelConfigVersion.cmake.in ${PROJECT_BINARY_DIR}/LintelConfigVersion.cmake @ONLY)
install(FILES cmake/package/LintelConfig.cmake cmake/package/RuntimeFiles.cmake cmake/Freestanding.cmake
  ${PROJECT_BINARY_DIR}/LintelConfigVersion.cmake DESTINATION ${package})

# The command describes itself: see runner/describe/description.hpp.
set(description_files lintel.1:man lintel.bash:bash _lintel:zsh lintel.fish:fish)
set(outputs ${made}/direct.elf)
find_program(LLVM_OBJCOPY NAMES llvm-objcopy-19 llvm-objcopy objcopy REQUIRED)
add_custom_command(OUTPUT ${made}/direct.elf
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
  COMMAND ${LLVM_OBJCOPY} --strip-debug $<TARGET_FILE:direct> ${made}/direct.elf
  DEPENDS direct $<TARGET_FILE:direct> COMMENT "Stripping direct.elf" VERBATIM)
foreach(entry IN LISTS description_files)
  string(REPLACE ":" ";" entry ${entry})
  list(GET entry 0 file)
  list(GET entry 1 format)
  add_custom_command(OUTPUT ${made}/${file}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
    COMMAND lintel describe ${format} > ${made}/${file} DEPENDS lintel
    COMMENT "Writing ${file}" VERBATIM)
  list(APPEND outputs ${made}/${file})
endforeach()
add_custom_target(installed_files ALL DEPENDS ${outputs})
install(FILES LICENSE DESTINATION share/doc/lintel RENAME copyright)
install(FILES ${made}/lintel.1 DESTINATION share/man/man1)
install(FILES ${made}/lintel.bash DESTINATION share/bash-completion/completions RENAME lintel)
install(FILES ${made}/_lintel DESTINATION share/zsh/vendor-completions)
install(FILES ${made}/lintel.fish DESTINATION share/fish/vendor_completions.d)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lintel)
set(CPACK_PACKAGE_CONTACT "the Lintel developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "boots, checks, debugs and tests kernels of the Limine boot protocol")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES lintel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "qemu-system-x86, ovmf, xorriso, mtools, fdisk")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS
    "clang-19, lld-19, llvm-19, libc++-19-dev, cmake (>= 3.25), ninja-build, gdb")
include(CPack)
