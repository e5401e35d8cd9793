# find_package(Lintel): Lintel's headers and tools for kernels outside its own tree.
#
#   Lintel::protocol    the Limine boot protocol, header-only: #include "protocol/limine.hpp"
#   Lintel::runtime     what C++ needs where there is no operating system, with the headers of base/ and arch/: serial
#                       port, text, page tables. The kernel defines lintel::panic() (base/result.hpp).
#   Lintel::command     the program `lintel`
#
#   lintel_add_kernel(name SOURCES file... [LINKER_SCRIPT file] [LINK library...])
#       name.elf, freestanding; its first function is kernel_main(), unless a linker script of its own says otherwise
#   lintel_add_image(name KERNEL target OUTPUT file [TYPE iso|disk|esp] [CONFIG limine.conf] [FILES folder])
#       an image as part of the build
#   lintel_add_test(name KERNEL target [TIMEOUT seconds] [ARGUMENTS argument...])
#       a CTest test: boots the kernel without firmware, and passes where the kernel passes or halts
#
# Nothing here depends on where the package is installed.
if(CMAKE_VERSION VERSION_LESS 3.25)
  set(Lintel_FOUND FALSE)
  set(Lintel_NOT_FOUND_MESSAGE "Lintel needs CMake 3.25 or later.")
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  set(Lintel_FOUND FALSE)
  set(Lintel_NOT_FOUND_MESSAGE
      "Lintel's kernels are compiled with clang++, and this is ${CMAKE_CXX_COMPILER}: set CMAKE_CXX_COMPILER to \
clang++-19 in a fresh build folder.")
  return()
endif()
if(TARGET Lintel::protocol)
  return()
endif()

get_filename_component(LINTEL_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(LINTEL_ROOT "${LINTEL_PREFIX}/include/lintel")
set(LINTEL_SHARE "${LINTEL_PREFIX}/share/lintel")
include("${CMAKE_CURRENT_LIST_DIR}/Freestanding.cmake")

add_library(Lintel::protocol INTERFACE IMPORTED GLOBAL)
target_include_directories(Lintel::protocol INTERFACE "${LINTEL_ROOT}")
target_compile_features(Lintel::protocol INTERFACE cxx_std_23)

add_library(Lintel::bare INTERFACE IMPORTED GLOBAL)
target_link_libraries(Lintel::bare INTERFACE Lintel::protocol)
lintel_freestanding_options(Lintel::bare "${LINTEL_ROOT}")
lintel_kernel_options(Lintel::bare)

add_library(lintel_runtime STATIC EXCLUDE_FROM_ALL)
add_library(Lintel::runtime ALIAS lintel_runtime)
include("${CMAKE_CURRENT_LIST_DIR}/RuntimeFiles.cmake")
foreach(file IN LISTS LINTEL_RUNTIME_SOURCES)
  target_sources(lintel_runtime PRIVATE "${LINTEL_ROOT}/${file}")
endforeach()
# A compiler that knows what these do would have them call themselves.
set_property(SOURCE "${LINTEL_ROOT}/base/freestanding/string.cpp" "${LINTEL_ROOT}/arch/x86_64/c_memory.cpp"
  "${LINTEL_ROOT}/arch/x86_64/memory.cpp" TARGET_DIRECTORY lintel_runtime PROPERTY COMPILE_OPTIONS -fno-builtin)
target_link_libraries(lintel_runtime PUBLIC Lintel::bare)
set_target_properties(lintel_runtime PROPERTIES CXX_STANDARD 23 CXX_EXTENSIONS OFF CXX_SCAN_FOR_MODULES OFF)

add_executable(Lintel::command IMPORTED GLOBAL)
set_target_properties(Lintel::command PROPERTIES IMPORTED_LOCATION "${LINTEL_PREFIX}/bin/lintel")

function(lintel_add_kernel name)
  cmake_parse_arguments(PARSE_ARGV 1 KERNEL "" "LINKER_SCRIPT" "SOURCES;LINK")
  if(NOT KERNEL_SOURCES)
    message(FATAL_ERROR "lintel_add_kernel(${name}): no SOURCES")
  endif()
  if(NOT KERNEL_LINKER_SCRIPT)
    set(KERNEL_LINKER_SCRIPT "${LINTEL_SHARE}/kernel.ld")
  endif()
  cmake_path(ABSOLUTE_PATH KERNEL_LINKER_SCRIPT)
  add_executable(${name} ${KERNEL_SOURCES})
  target_link_libraries(${name} PRIVATE Lintel::runtime ${KERNEL_LINK})
  target_link_options(${name} PRIVATE "LINKER:-T,${KERNEL_LINKER_SCRIPT}")
  set_target_properties(${name} PROPERTIES LINK_DEPENDS "${KERNEL_LINKER_SCRIPT}" SUFFIX .elf
    CXX_STANDARD 23 CXX_EXTENSIONS OFF CXX_SCAN_FOR_MODULES OFF)
endfunction()

function(lintel_add_image name)
  cmake_parse_arguments(PARSE_ARGV 1 IMAGE "" "KERNEL;OUTPUT;TYPE;CONFIG;FILES" "")
  set(arguments --kernel $<TARGET_FILE:${IMAGE_KERNEL}>)
  set(depends ${IMAGE_KERNEL} $<TARGET_FILE:${IMAGE_KERNEL}>)
  if(IMAGE_TYPE)
    list(APPEND arguments --type ${IMAGE_TYPE})
  endif()
  if(IMAGE_CONFIG)
    cmake_path(ABSOLUTE_PATH IMAGE_CONFIG)
    list(APPEND arguments --config "${IMAGE_CONFIG}")
    list(APPEND depends "${IMAGE_CONFIG}")
  endif()
  if(IMAGE_FILES)
    cmake_path(ABSOLUTE_PATH IMAGE_FILES)
    list(APPEND arguments --files "${IMAGE_FILES}")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS "${IMAGE_FILES}/*")
    list(APPEND depends ${files})
  endif()
  cmake_path(ABSOLUTE_PATH IMAGE_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  add_custom_command(OUTPUT "${IMAGE_OUTPUT}"
    # A folder is never replaced by the command.
    COMMAND ${CMAKE_COMMAND} -E rm -rf "${IMAGE_OUTPUT}"
    COMMAND Lintel::command image ${arguments} -o "${IMAGE_OUTPUT}"
    DEPENDS ${depends} COMMENT "Making ${IMAGE_OUTPUT}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS "${IMAGE_OUTPUT}")
endfunction()

function(lintel_add_test name)
  cmake_parse_arguments(PARSE_ARGV 1 TEST "" "KERNEL;TIMEOUT" "ARGUMENTS")
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 60)
  endif()
  add_test(NAME ${name} COMMAND Lintel::command run --kernel $<TARGET_FILE:${TEST_KERNEL}>
    --firmware direct --headless --until-halt --timeout ${TEST_TIMEOUT} ${TEST_ARGUMENTS})
endfunction()
