#include "contracts/panels.hpp"

#include <gtest/gtest.h>

#include "support/arbitration.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ArbitrationWorld;
using test::person;

class PanelTest : public testing::Test {
protected:
    template <class E>
    bool refuses(const Panel& panel, const E& error) {
        return world.create_panel(panel).refused_with(error);
    }
    static Panel with_jurors(Panel panel, size_t count) {
        panel.jurors.clear();
        for (size_t i = 0; i < count; ++i)
            panel.jurors.push_back(person(static_cast<uint16_t>(1'000 + i)));
        return panel;
    }

    ArbitrationWorld world;
};

TEST_F(PanelTest, a_panel_is_kept_as_it_was_made) {
    const Panel panel = world.panel();
    ASSERT_EQ(world.create_panel(panel).value<u256>(), 1_u256);
    EXPECT_EQ(world.ask<"panel(uint256)">(world.arbitrator(), 1_u256).value<Panel>(), panel);
    EXPECT_EQ(world.ask<"panelCount()">(world.arbitrator()).value<u256>(), 1_u256);
    for (const u256& id : {0_u256, 2_u256, u256_max})
        EXPECT_TRUE(world.ask<"panel(uint256)">(world.arbitrator(), id)
                        .refused_with(panels::UnknownPanel{id, 1_u256}));
}

TEST_F(PanelTest, jurors_and_quorum_are_within_their_bounds) {
    const Panel panel = world.panel();
    EXPECT_TRUE(refuses(with_jurors(panel, 0), panels::JurorCountInvalid{0_u256, 32_u256}));
    EXPECT_TRUE(world.create_panel(with_jurors(panel, panels::jurors_max)).ok());
    EXPECT_TRUE(refuses(with_jurors(panel, panels::jurors_max + 1),
                        panels::JurorCountInvalid{33_u256, 32_u256}));
    Panel wrong = panel;
    wrong.quorum = 0;
    EXPECT_TRUE(refuses(wrong, panels::QuorumInvalid{0, 3_u256}));
    wrong.quorum = 4;
    EXPECT_TRUE(refuses(wrong, panels::QuorumInvalid{4, 3_u256}));
    for (const Address& juror : {Address{}, world.arbitrator(), panel.jurors[0]}) {
        wrong = panel;
        wrong.jurors[2] = juror;
        EXPECT_TRUE(refuses(wrong, panels::JurorInvalid{juror}));
    }
}

TEST_F(PanelTest, names_fees_and_periods_are_within_their_bounds) {
    Panel wrong = world.panel();
    wrong.name = std::string(panels::panel_name_size_max, 'a');
    EXPECT_TRUE(world.create_panel(wrong).ok());
    wrong.name += 'a';
    EXPECT_TRUE(refuses(wrong, panels::PanelNameTooLong{65_u256, 64_u256}));
    wrong = world.panel();
    wrong.fee = {};
    EXPECT_TRUE(refuses(wrong, panels::PanelFeeZero{}));
    wrong.fee = {u256{1u} << 127};
    EXPECT_TRUE(refuses(wrong, Panic{panic_arithmetic}));
    for (const uint64_t seconds :
         {uint64_t{0}, panels::period_seconds_least - 1, panels::period_seconds_max + 1}) {
        wrong = world.panel();
        wrong.commit_seconds = seconds;
        EXPECT_TRUE(refuses(wrong, panels::PeriodInvalid{seconds}));
        wrong = world.panel();
        wrong.reveal_seconds = seconds;
        EXPECT_TRUE(refuses(wrong, panels::PeriodInvalid{seconds}));
    }
    wrong = world.panel();
    wrong.commit_seconds = panels::period_seconds_least;
    wrong.reveal_seconds = panels::period_seconds_max;
    EXPECT_TRUE(world.create_panel(wrong).ok());
    wrong.appeal_seconds = 60;
    EXPECT_TRUE(refuses(wrong, panels::PeriodInvalid{60})) << "there is nothing to appeal to";
}

TEST_F(PanelTest, appeals_go_up_to_an_older_panel_that_is_no_smaller) {
    const u256 small = world.create_panel(world.panel(2, 1)).value<u256>();
    EXPECT_TRUE(refuses(world.appealable_panel(small), panels::AppealPanelInvalid{small}));
    EXPECT_TRUE(refuses(world.appealable_panel(2_u256), panels::UnknownPanel{2_u256, 1_u256}))
        << "not to itself";
    Panel in_coin = world.senior_panel();
    in_coin.currency = {};
    const u256 other = world.create_panel(in_coin).value<u256>();
    EXPECT_TRUE(refuses(world.appealable_panel(other), panels::AppealPanelInvalid{other}));
    u256 top = world.create_panel(world.panel()).value<u256>();
    for (uint8_t level = 0; level < panels::appeals_max; ++level)
        top = world.create_panel(world.appealable_panel(top)).value<u256>();
    EXPECT_TRUE(refuses(world.appealable_panel(top), panels::AppealPanelInvalid{top}));
}

}  // namespace
}  // namespace plume
