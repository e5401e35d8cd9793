# FILE, without what only debuggers read, has at most MOST bytes.
execute_process(COMMAND ${OBJCOPY} --strip-debug ${FILE} ${SCRATCH}.stripped COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${SCRATCH}.stripped size)
file(REMOVE ${SCRATCH}.stripped)
if(size GREATER MOST)
  message(FATAL_ERROR "${FILE}: ${size} bytes without debug information; ${MOST} are the most")
endif()
message(STATUS "${size} bytes of at most ${MOST}")
