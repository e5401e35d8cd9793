// Tables of broken inputs, each with the sentence that it has to get.
// Invariant: a row stands for one way to be wrong; what is merely strange and has to be accepted has rows as well.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "base/result.hpp"

namespace lintel {

struct BrokenInput {
    const char* name;
    const char* sentence;  // with the error's number behind it, if it has one; "accepted" where there is no error
    std::function<std::string()> outcome;
};

/// What a row's sentence is compared with.
template <class T>
std::string outcome_of(const Result<T>& result) {
    if (result) return "accepted";
    std::string sentence(result.error().text);
    if (result.error().notation != Notation::none) sentence += " " + std::to_string(result.error().number);
    return sentence;
}

inline void PrintTo(const BrokenInput& row, std::ostream* out) { *out << row.name; }

class BrokenInputs : public ::testing::TestWithParam<BrokenInput> {};

inline std::string row_name(const ::testing::TestParamInfo<BrokenInput>& row) { return row.param.name; }

}  // namespace lintel
