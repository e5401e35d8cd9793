# The worlds and what a source is compiled with in each:
#
#   kernel   x86_64-unknown-none-elf, mcmodel=kernel, freestanding libc++
#   debug    the same, with the kernel's checks of itself; all that is there for `kernel` is there for it, too
#   movable  x86_64-unknown-none-elf, position-independent and linked as such: a kernel that a loader can move
#   efi      x86_64-unknown-windows-gnu, linked as a PE by lld, freestanding libc++
#   host     the machine that builds, with its own standard library
#   test     the host again, under the address and undefined-behaviour sanitizers
#   fuzz     the same, and instrumented so that libFuzzer sees which code an input reaches
#
#   add_shared_code(name WORLDS kernel efi host test SOURCES ... DEPENDS ...)  one static library "name.world" each
#   add_kernel(name LINKER_SCRIPT file [WORLD debug|movable] SOURCES ... DEPENDS ...)  an ELF that a loader boots
#   add_efi_application(name SOURCES ... DEPENDS ...)                     a PE that UEFI starts

# CMAKE_CXX_FLAGS and its like are the same for all of them: they stay empty, so that no host flag reaches a kernel.
include(Freestanding)

set(LINTEL_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wimplicit-fallthrough
    -Wmissing-declarations -Wcast-align -Wnull-dereference -Wundef -Werror)

add_library(world_all INTERFACE)
target_include_directories(world_all INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(world_all INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${LINTEL_WARNINGS}>" -g -fno-omit-frame-pointer
  # What programs say about themselves does not depend on where they were built.
  -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

# What bare x86-64 code has in common, whoever starts it.
add_library(world_freestanding INTERFACE)
target_link_libraries(world_freestanding INTERFACE world_all)
lintel_freestanding_options(world_freestanding ${PROJECT_SOURCE_DIR})

add_library(world_kernel INTERFACE)
target_link_libraries(world_kernel INTERFACE world_freestanding)
lintel_kernel_options(world_kernel)

# Less optimized, so that GDB shows more, and checked by what the compiler has for it: kernel/debug/undefined.cpp and
# stack_protector.cpp are told. Left out is what needs RTTI (vptr) or reads ahead of a function that may not be there
# (function). Its options are a library of their own, linked last: the last one of two options counts.
add_library(world_checks INTERFACE)
string(REGEX MATCHALL "[^/]+" source_path "${PROJECT_SOURCE_DIR}")
list(LENGTH source_path source_depth)
math(EXPR source_depth "${source_depth} + 1")  # the root
target_compile_options(world_checks INTERFACE -O1 -fstack-protector-strong -mstack-protector-guard=global
  -fsanitize=undefined -fno-sanitize=vptr,function -fno-sanitize-recover=all
  -fsanitize-undefined-strip-path-components=${source_depth})
target_compile_definitions(world_checks INTERFACE LINTEL_CHECKS)
add_library(world_debug INTERFACE)
target_link_libraries(world_debug INTERFACE world_kernel world_checks)

# Moved by its loader, which applies the relocations: nothing of it asks for a dynamic linker.
add_library(world_movable INTERFACE)
target_link_libraries(world_movable INTERFACE world_freestanding)
target_compile_options(world_movable INTERFACE --target=x86_64-unknown-none-elf -O2 -fpie
  -fno-asynchronous-unwind-tables)
target_link_options(world_movable INTERFACE --target=x86_64-unknown-linux-gnu -fuse-ld=lld -nostdlib -static-pie
  -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--build-id=none)

add_library(world_efi INTERFACE)
target_link_libraries(world_efi INTERFACE world_freestanding)
# Small before fast: firmware reads the application in pieces, and each byte of it costs more than it can save.
# Optimizing it as a whole, folding equal functions, sharing equal stretches of code and saying of a failed check only
# where it was saves a quarter of it.
target_compile_options(world_efi INTERFACE --target=x86_64-unknown-windows-gnu -fshort-wchar -mno-stack-arg-probe -Os
  -flto -DLINTEL_SHORT_ASSERTIONS)
target_link_options(world_efi INTERFACE --target=x86_64-unknown-windows-gnu -fuse-ld=lld -nostdlib
  -Wl,--subsystem=efi_application -Wl,--entry=efi_main -Wl,--no-insert-timestamp -Wl,--gc-sections
  -Wl,--dynamicbase -Wl,--strip-all -Wl,--icf=all -flto
  -Wl,-mllvm,-enable-machine-outliner=always -Wl,-mllvm,-inline-threshold=5 -Wl,-mllvm,-enable-merge-functions)

add_library(world_host INTERFACE)
target_link_libraries(world_host INTERFACE world_all)

# The sanitizers' reports need lines, and more takes an eighth of the time that compiling takes. Linked last, as above.
add_library(world_lines INTERFACE)
target_compile_options(world_lines INTERFACE -g1)
add_library(world_test INTERFACE)
target_link_libraries(world_test INTERFACE world_all world_lines)
target_compile_options(world_test INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -O1)
target_link_options(world_test INTERFACE -fsanitize=address,undefined)

# Its programs get their main() from libFuzzer.
add_library(world_fuzz INTERFACE)
target_link_libraries(world_fuzz INTERFACE world_test)
target_compile_options(world_fuzz INTERFACE -fsanitize=fuzzer-no-link -O2)
target_link_options(world_fuzz INTERFACE -fsanitize=fuzzer)

function(link_world target world)
  cmake_parse_arguments(PARSE_ARGV 2 LINK "" "" "DEPENDS")
  target_link_libraries(${target} PUBLIC world_${world})
  foreach(dependency IN LISTS LINK_DEPENDS)
    target_link_libraries(${target} PUBLIC ${dependency}.${world})
  endforeach()
endfunction()

function(add_shared_code name)
  cmake_parse_arguments(PARSE_ARGV 1 CODE "" "" "WORLDS;SOURCES;DEPENDS")
  # Editors and the linter want one command for each source: the last world's.
  list(GET CODE_WORLDS -1 described_world)
  if("kernel" IN_LIST CODE_WORLDS)
    list(PREPEND CODE_WORLDS debug)
  endif()
  foreach(world IN LISTS CODE_WORLDS)
    add_library(${name}.${world} STATIC EXCLUDE_FROM_ALL ${CODE_SOURCES})
    link_world(${name}.${world} ${world} DEPENDS ${CODE_DEPENDS})
    if(NOT world STREQUAL described_world)
      set_target_properties(${name}.${world} PROPERTIES EXPORT_COMPILE_COMMANDS OFF)
    endif()
  endforeach()
endfunction()

function(add_kernel name)
  cmake_parse_arguments(PARSE_ARGV 1 KERNEL "" "LINKER_SCRIPT;WORLD" "SOURCES;DEPENDS")
  if(NOT KERNEL_WORLD)
    set(KERNEL_WORLD kernel)
  endif()
  cmake_path(ABSOLUTE_PATH KERNEL_LINKER_SCRIPT)
  add_executable(${name} ${KERNEL_SOURCES})
  link_world(${name} ${KERNEL_WORLD} DEPENDS ${KERNEL_DEPENDS})
  target_link_options(${name} PRIVATE -Wl,-T,${KERNEL_LINKER_SCRIPT})
  set_target_properties(${name} PROPERTIES LINK_DEPENDS ${KERNEL_LINKER_SCRIPT} SUFFIX .elf)
endfunction()

function(add_efi_application name)
  cmake_parse_arguments(PARSE_ARGV 1 APPLICATION "" "OUTPUT_NAME" "SOURCES;DEPENDS")
  add_executable(${name} ${APPLICATION_SOURCES})
  link_world(${name} efi DEPENDS ${APPLICATION_DEPENDS})
  set_target_properties(${name} PROPERTIES SUFFIX .EFI)
  if(APPLICATION_OUTPUT_NAME)
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${APPLICATION_OUTPUT_NAME})
  endif()
endfunction()
