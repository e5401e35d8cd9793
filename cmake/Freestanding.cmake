# What bare x86-64 code is compiled with, in this tree and, installed, in the kernels of others.
#
#   lintel_freestanding_options(target root)  root: the folder that has base/freestanding
#   lintel_kernel_options(target)             what an ELF kernel needs on top
#
# Both set options on a target without sources, for others to link.

find_path(LIBCXX_INCLUDE_DIR NAMES expected __config_site
          PATHS /usr/lib/llvm-19/include/c++/v1 /usr/include/c++/v1 NO_DEFAULT_PATH)
if(NOT LIBCXX_INCLUDE_DIR)
  message(FATAL_ERROR "libc++'s headers are missing: install the package libc++-19-dev.")
endif()

# No SSE: neither a loader nor a kernel saves its state.
function(lintel_freestanding_options target root)
  target_compile_options(${target} INTERFACE
    -ffreestanding -nostdlibinc -mno-red-zone -mno-mmx -mno-sse -mno-sse2 -msoft-float
    -fno-stack-protector -ffunction-sections -fdata-sections -g -fno-omit-frame-pointer
    "$<$<COMPILE_LANGUAGE:CXX>:-nostdinc++;-fno-exceptions;-fno-rtti;-fno-threadsafe-statics;-fno-use-cxa-atexit>")
  # In this order: our configuration, libc++, and behind it the few C headers that it wants.
  target_compile_options(${target} INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem \"${root}/base/freestanding/config\" -isystem \"${LIBCXX_INCLUDE_DIR}\">"
    "SHELL:-isystem \"${root}/base/freestanding/include\"")
endfunction()

function(lintel_kernel_options target)
  # Without exceptions only debuggers unwind: .debug_frame, which is not loaded, serves them.
  target_compile_options(${target} INTERFACE --target=x86_64-unknown-none-elf -O2 -mcmodel=kernel -fno-pic -fno-pie
    -fno-asynchronous-unwind-tables)
  # The driver for bare ELF hands linking to gcc, which may not be there; the one for Linux calls lld itself. With
  # -nostdlib -static both ask for the same.
  target_link_options(${target} INTERFACE --target=x86_64-unknown-linux-gnu -fuse-ld=lld -nostdlib -static
    -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--build-id=none)
endfunction()
