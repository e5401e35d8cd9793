// An Error in words.
#pragma once

#include "base/printable.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {

/// The error as one sentence, without the end of the line. Its subject may come from any file.
template <TextSink Sink>
void print_error(Sink& sink, const Error& error) {
    sink.write(error.text);
    if (!error.subject.empty()) print(sink, ": {}", Printable(error.subject));
    if (error.notation == Notation::address) print(sink, " (0x{:x})", error.number);
    if (error.notation == Notation::decimal) print(sink, " ({})", error.number);
}

}  // namespace lintel
