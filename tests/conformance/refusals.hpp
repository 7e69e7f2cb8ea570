// Which of our refusals is the one that a public test names.
//
// A transaction can break several rules at once, and implementations look at the rules in different
// orders; and where the tests tell dozens of broken encodings apart, we have one decoder. So a name
// stands for a set of refusals, any of which counts.
#pragma once

#include <string_view>

namespace plume::conformance {

/// Whether `refusal`, the words of an error of ours, is one that `names` allows: names of
/// exceptions, joined with '|'. A name that the table does not have allows every refusal.
bool is_expected_refusal(std::string_view names, std::string_view refusal);

}  // namespace plume::conformance
