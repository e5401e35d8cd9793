// An Error in words.
#pragma once

#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {

/// The error as one sentence, without the end of the line.
template <TextSink Sink>
void print_error(Sink& sink, const Error& error) {
    sink.write(error.text);
    if (!error.subject.empty()) print(sink, ": {}", error.subject);
    if (error.number) print(sink, " ({})", *error.number);
}

}  // namespace lintel
