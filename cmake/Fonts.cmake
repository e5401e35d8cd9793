# add_font(name FILE name.psf.gz RANGES 20-7e ...) makes ${CMAKE_CURRENT_BINARY_DIR}/name.psf: one of the console's
# fonts, looked up where distributions keep them, cut down to those characters.
function(add_font name)
  cmake_parse_arguments(PARSE_ARGV 1 FONT "" "FILE" "RANGES")
  find_file(LINTEL_FONT_${name} ${FONT_FILE}
            PATHS /usr/share/consolefonts /usr/share/kbd/consolefonts /usr/lib/kbd/consolefonts NO_DEFAULT_PATH)
  if(NOT LINTEL_FONT_${name})
    message(FATAL_ERROR "The console font ${FONT_FILE} is missing: install the package console-setup-linux.")
  endif()
  set(whole ${CMAKE_CURRENT_BINARY_DIR}/${name}-whole.psf)
  set(cut ${CMAKE_CURRENT_BINARY_DIR}/${name}.psf)
  add_custom_command(OUTPUT ${cut}
    COMMAND gzip -dc ${LINTEL_FONT_${name}} > ${whole}
    COMMAND psf_subset ${whole} ${cut} ${FONT_RANGES}
    DEPENDS psf_subset ${LINTEL_FONT_${name}}
    BYPRODUCTS ${whole} COMMENT "Cutting ${FONT_FILE}" VERBATIM)
endfunction()
