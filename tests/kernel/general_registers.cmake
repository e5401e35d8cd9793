# FILE's code keeps to the general registers: neither kernel nor loader saves any others.
execute_process(COMMAND ${OBJDUMP} -d --no-show-raw-insn --no-leading-headers ${FILE}
  OUTPUT_VARIABLE code COMMAND_ERROR_IS_FATAL ANY)

# A line is "address: <tab> mnemonic <tab> operands". Mnemonics that start with f are the x87's.
string(REGEX MATCHALL "[0-9a-f]+: *\t[a-z]" instructions "${code}")
list(LENGTH instructions count)
if(count LESS 1000)
  message(FATAL_ERROR "${FILE}: only ${count} instructions were seen; is it a program?")
endif()
string(REGEX MATCHALL "\n *[0-9a-f]+: *\t(f[a-z]|[^\n]*(%[xyz]mm[0-9]|%mm[0-7]|%k[0-7]|%st))[^\n]*" found "${code}")
list(LENGTH found count)
if(count GREATER 0)
  list(SUBLIST found 0 10 found)
  list(JOIN found "" found)
  message(FATAL_ERROR "${FILE}: ${count} instructions use vector or x87 registers, the first of them:${found}")
endif()
