# Runs HARNESS on CORPUS and some inputs more, always the same. SCRATCH takes what it finds, and an input that fails.
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
execute_process(
  COMMAND ${HARNESS} -runs=20000 -seed=1 -max_total_time=10 -artifact_prefix=${SCRATCH}/failed- -print_final_stats=1
    ${OPTIONS} ${SCRATCH} ${CORPUS}
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "The harness ended with: ${result}. The input is in ${SCRATCH}, named failed-...")
endif()
