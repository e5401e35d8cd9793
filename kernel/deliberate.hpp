// Failures on request, so that tests can see how the kernel fails: words on its command line ask for them.
#pragma once

#include <string_view>

namespace lintel {

/// test=panic panics; test=bounds reads behind the end of a span.
void fail_deliberately(std::string_view command_line);

}  // namespace lintel
