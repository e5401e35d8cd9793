// "There may only be 1 of the same request."
#include "tests/conformance/requests.hpp"

namespace lintel::conformance {
namespace {

[[gnu::used, gnu::retain,
  gnu::section(".limine_requests")]] alignas(8) constinit RawRequest one = raw_request(limine::Hhdm::id);
[[gnu::used, gnu::retain,
  gnu::section(".limine_requests")]] alignas(8) constinit RawRequest other = raw_request(limine::Hhdm::id);

}  // namespace
}  // namespace lintel::conformance
