// KVM only where it works: a machine can have /dev/kvm and still fail inside the guest.
// Invariant: an explicit wish is obeyed or refused, never silently changed.
#pragma once

#include <string>
#include <string_view>

#include "runner/host/failure.hpp"

namespace lintel::runner {

enum class AcceleratorWish { automatic, kvm, tcg };
enum class Accelerator { kvm, tcg };

struct AcceleratorChoice {
    Accelerator accelerator;
    std::string reason;
};

/// What the choice depends on.
struct AcceleratorFacts {
    bool device_opens;           // /dev/kvm
    std::string device_error;    // why not
    bool processor_virtualizes;  // /proc/cpuinfo shows vmx or svm
};

AcceleratorFacts accelerator_facts();

/// Whether the text of /proc/cpuinfo has vmx or svm among the flags.
bool virtualizes(std::string_view cpuinfo);

Outcome<AcceleratorChoice> choose_accelerator(AcceleratorWish wish, const AcceleratorFacts& facts);

}  // namespace lintel::runner
