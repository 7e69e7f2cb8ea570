// How many contracts with one step wrong the models are tried on. Each is looked for by a test of
// its family, which fails when it is not found; docs/properties.md says what they are.
#include <gtest/gtest.h>

#include "support/model.hpp"

namespace plume {
namespace {

TEST(PlantedFaults, are_as_many_as_docs_properties_says) {
    EXPECT_EQ(model::planted_faults(), 87u);
}

}  // namespace
}  // namespace plume
