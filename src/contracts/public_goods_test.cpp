#include "contracts/public_goods.hpp"

#include <gtest/gtest.h>

#include "support/goods.hpp"

namespace plume {
namespace {

using namespace literals;
using spend_lines::Split;
using test::GoodsWorld;
using test::Outcome;
using test::person;
using test::Switchboard;
using Account = PublicGoods::Account;
using Phase = PublicGoods::Phase;

const Address ann = GoodsWorld::donor(0);
const Address ben = GoodsWorld::donor(1);
const Address school = GoodsWorld::teacher(0);
const Address library = GoodsWorld::teacher(1);
const Address builder = person(31);
const Address printer = person(32);

class PublicGoodsTest : public testing::Test {
protected:
    /// A vault with these lines, in Funding; the teachers 0 and 1 are accepted.
    void open(const std::vector<SpendLine>& plan) {
        world.open_goods(plan);
        world.accept(school);
        world.accept(library);
    }
    void activate() {
        world.end_funding_in_time();
        for (uint64_t n = 0; n < 4; ++n) world.turn(n, Switchboard::on);
    }
    u256 usd_of(const Address& who) { return world.money_of(who, world.currency()); }
    u256 other_of(const Address& who) { return world.money_of(who, world.other()); }

    GoodsWorld world;
};

TEST_F(PublicGoodsTest, a_fixed_line_pays_by_parts_in_each_currency_and_the_rest_goes_back) {
    open({world.line(0, 5'000, Split::fixed)});
    ASSERT_TRUE(world.give(ann, world.currency(), 301_u256).ok());
    ASSERT_TRUE(world.give(ben, world.other(), 100_u256).ok());
    activate();
    const Outcome released = world.release_line(0);
    ASSERT_TRUE(released.ok());
    EXPECT_EQ(released.events<PublicGoods::LineReleased>(world.goods()).size(), 2u);
    ASSERT_TRUE(world.pay(0, world.currency(), builder).ok());
    ASSERT_TRUE(world.pay(0, world.currency(), printer).ok());
    ASSERT_TRUE(world.pay(0, world.other(), builder).ok());
    EXPECT_EQ(usd_of(builder), 100_u256) << "two thirds of 150";
    EXPECT_EQ(usd_of(printer), 50_u256);
    EXPECT_EQ(other_of(builder), 33_u256) << "two thirds of 50, rounded down";
    ASSERT_TRUE(world.close_goods().ok());
    EXPECT_EQ(world.goods_phase(), Phase::closed);
    ASSERT_TRUE(world.take_back(ann, world.currency()).ok());
    ASSERT_TRUE(world.take_back(ben, world.other()).ok());
    EXPECT_EQ(usd_of(ann), 151_u256) << "each currency goes back to who gave it";
    EXPECT_EQ(other_of(ben), 51_u256) << "the unit that did not divide included";
    EXPECT_EQ(usd_of(ben), 0_u256);
    ASSERT_TRUE(world.pay(0, world.other(), printer).ok()) << "what is made over stays payable";
    EXPECT_EQ(world.account(world.other(), Account::cash), 0_u256);
    EXPECT_EQ(world.account(world.currency(), Account::cash), 0_u256);
}

TEST_F(PublicGoodsTest, a_disbursement_says_for_what_and_on_whose_word) {
    open({world.line(0, 10'000, Split::fixed)});
    world.give(ann, world.currency(), 300_u256);
    activate();
    world.release_line(0);
    const auto events =
        world.pay(0, world.currency(), builder).events<PublicGoods::Disbursed>(world.goods());
    ASSERT_EQ(events.size(), 1u);
    const auto& [line, to, asset, amount, purpose, record] = events[0];
    EXPECT_EQ(to, builder);
    EXPECT_EQ(amount, 200_u256);
    EXPECT_EQ(purpose, keccak256("books"));
    EXPECT_EQ(record, world.mission());
    EXPECT_TRUE(world.pay(0, world.currency(), builder).refused_as<PublicGoods::NothingToPay>());
}

TEST_F(PublicGoodsTest, an_equal_line_pays_all_accepted_recipients_alike) {
    open({world.line(0, 10'000, Split::equal)});
    world.give(ann, world.currency(), 101_u256);
    activate();
    world.release_line(0);
    const Outcome out = world.send<"payMany(uint256,address,address[])">(
        person(99), world.goods(), 0_u256, world.currency(),
        std::vector<Address>{school, library, person(77)});
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(usd_of(school), 50_u256);
    EXPECT_EQ(usd_of(library), 50_u256);
    EXPECT_EQ(usd_of(person(77)), 0_u256);
    world.close_goods();
    EXPECT_EQ(world.withdrawable_of(ann, world.currency()), 1_u256);
}

// Known answers: (sqrt 4 + sqrt 9 + sqrt 16)^2 - 29 = 52 and (sqrt 25)^2 - 25 = 0.
TEST_F(PublicGoodsTest, matching_is_quadratic) {
    open({world.line(0, 10'000, Split::matched)});
    for (uint64_t n : {2, 3, 4})
        world.give_to(school, GoodsWorld::donor(static_cast<uint16_t>(n)), world.currency(),
                      u256{n * n});
    world.give_to(library, ann, world.currency(), 25_u256);
    EXPECT_EQ(world.match_of(school), 0_u256) << "without a pool there is nothing to match with";
    world.give(ben, world.currency(), 40_u256);
    EXPECT_EQ(world.match_of(school), 40_u256) << "scaled down to the pool";
    EXPECT_EQ(world.match_of(library), 0_u256) << "one contributor, however generous";
    world.give(ben, world.currency(), 60_u256);
    EXPECT_EQ(world.match_of(school), 52_u256) << "never more than the formula";
    activate();
    world.release_line(0);
    world.pay(0, world.currency(), school);
    world.pay(0, world.currency(), library);
    EXPECT_EQ(usd_of(school), 29_u256 + 52_u256);
    EXPECT_EQ(usd_of(library), 25_u256);
    world.close_goods();
    world.take_back(ben, world.currency());
    EXPECT_EQ(usd_of(ben), 48_u256);
    EXPECT_EQ(world.account(world.currency(), Account::cash), 0_u256);
}

TEST_F(PublicGoodsTest, many_gifts_of_one_contributor_count_as_their_sum) {
    open({world.line(0, 10'000, Split::matched)});
    world.give(ben, world.currency(), 1'000_u256);
    for (int i = 0; i < 100; ++i) world.give_to(school, ann, world.currency(), 1_u256);
    EXPECT_EQ(world.match_of(school), 0_u256);
    world.give_to(library, ann, world.currency(), 100_u256);
    EXPECT_EQ(world.match_of(library), 0_u256);
}

TEST_F(PublicGoodsTest, a_domain_lets_persons_only_count) {
    GoodsTerms terms = world.goods_terms();
    terms.registry = world.registry();
    terms.domain = keccak256("citizens");
    ASSERT_TRUE(world
                    .create_goods(terms, world.two_currencies(),
                                  {world.line(0, 1'000, Split::matched)}, true)
                    .ok());
    world.accept(school);
    EXPECT_TRUE(world.give_to(school, ann, world.currency(), 10_u256)
                    .refused_with(PublicGoods::NotInDomain{ann, terms.domain}));
    world.send<"admit(address,bytes32)">(person(1), world.registry(), ann, terms.domain);
    EXPECT_TRUE(world.give_to(school, ann, world.currency(), 10_u256).ok());
    EXPECT_TRUE(world.give(ben, world.currency(), 10_u256).ok()) << "the pool is open to all";
}

TEST_F(PublicGoodsTest, a_missed_soft_cap_returns_every_unit_in_its_currency) {
    open({world.line(0, 10'000, Split::matched)});
    world.give(ann, world.currency(), 17_u256);
    world.give_to(school, ann, world.other(), 5_u256);
    world.give(ben, world.other(), 31_u256);
    EXPECT_TRUE(world.end_funding().refused_as<PublicGoods::FundingNotOver>());
    world.go_to(world.funding_deadline() + 1);
    EXPECT_TRUE(world.give(ben, world.other(), 31_u256).refused_as<PublicGoods::FundingOver>());
    ASSERT_TRUE(world.end_funding().ok());
    EXPECT_EQ(world.goods_phase(), Phase::failed);
    ASSERT_TRUE(world.take_back(ann, world.currency()).ok());
    ASSERT_TRUE(world.take_back(ann, world.other()).ok());
    ASSERT_TRUE(world.take_back(ben, world.other()).ok());
    EXPECT_EQ(usd_of(ann), 17_u256);
    EXPECT_EQ(other_of(ann), 5_u256);
    EXPECT_EQ(other_of(ben), 62_u256) << "31 returned beside 31 refused";
    EXPECT_TRUE(world.take_back(ben, world.other()).refused_as<PublicGoods::NothingToWithdraw>());
    EXPECT_EQ(world.account(world.other(), Account::dust), 0_u256);
}

TEST_F(PublicGoodsTest, the_hard_cap_ends_funding_early) {
    GoodsTerms terms = world.goods_terms();
    terms.hard_cap = {200_u256};
    ASSERT_TRUE(world
                    .create_goods(terms, world.two_currencies(),
                                  {world.line(0, 10'000, Split::fixed)}, true)
                    .ok());
    world.give(ann, world.other(), 75_u256);
    EXPECT_TRUE(world.give(ben, world.currency(), 51_u256)
                    .refused_with(PublicGoods::ExceedsHardCap{51_u256, 50_u256}));
    ASSERT_TRUE(world.give(ben, world.currency(), 50_u256).ok());
    ASSERT_TRUE(world.end_funding().ok());
    EXPECT_EQ(world.goods_phase(), Phase::active);
    EXPECT_TRUE(world.give(ben, world.currency(), 1_u256).refused_as<PublicGoods::WrongPhase>());
}

TEST_F(PublicGoodsTest, an_epoch_spends_no_more_of_a_currency_than_its_cap) {
    auto currencies = world.two_currencies();
    currencies[0].epoch_cap = {70_u256};
    world.create_goods(world.goods_terms(), currencies, {world.line(0, 10'000, Split::fixed)},
                       true);
    world.give(ann, world.currency(), 150_u256);
    world.give(ann, world.other(), 300_u256);
    activate();
    world.release_line(0);
    world.go_to((world.block().timestamp / 100 + 1) * 100);
    ASSERT_TRUE(world.pay(0, world.currency(), builder).ok());
    EXPECT_EQ(usd_of(builder), 70_u256);
    const uint64_t next = world.block().timestamp + 100;
    EXPECT_TRUE(world.pay(0, world.currency(), printer)
                    .refused_with(PublicGoods::EpochSpent{world.currency(), 70_u256, next}));
    ASSERT_TRUE(world.pay(0, world.other(), builder).ok()) << "each currency has its own cap";
    EXPECT_EQ(other_of(builder), 200_u256);
    world.go_to(next);
    ASSERT_TRUE(world.pay(0, world.currency(), builder).ok());
    ASSERT_TRUE(world.pay(0, world.currency(), printer).ok());
    EXPECT_EQ(usd_of(builder), 100_u256);
    EXPECT_EQ(usd_of(printer), 40_u256);
}

TEST_F(PublicGoodsTest, a_transfer_of_receipts_takes_the_same_part_of_each_stake) {
    open({world.line(0, 1, Split::fixed)});
    world.give(ann, world.currency(), 100_u256);
    world.give(ann, world.other(), 51_u256);
    ASSERT_TRUE(world.send<"transfer(address,uint256)">(ann, world.goods(), ben, 101_u256).ok());
    const auto stake = [&](const Address& who, const Address& asset) {
        const Outcome out = world.ask<"stakeOf(address,address)">(world.goods(), who, asset);
        return std::get<0>(abi::decode<u256, u256>(out.result.output).value());
    };
    EXPECT_EQ(stake(ben, world.currency()), 50_u256);
    EXPECT_EQ(stake(ben, world.other()), 25_u256) << "25.5, rounded towards who gives";
    EXPECT_EQ(stake(ann, world.other()), 26_u256);
    ASSERT_TRUE(world.send<"transfer(address,uint256)">(ann, world.goods(), ben, 101_u256).ok());
    EXPECT_EQ(stake(ann, world.other()), 0_u256) << "who gives all away gives all";
    EXPECT_EQ(stake(ben, world.other()), 51_u256);
}

TEST_F(PublicGoodsTest, receipts_do_not_move_where_the_terms_say_so) {
    GoodsTerms terms = world.goods_terms();
    terms.transferable = false;
    world.create_goods(terms, world.two_currencies(), {world.line(0, 1, Split::fixed)}, true);
    world.give(ann, world.currency(), 100_u256);
    EXPECT_TRUE(world.send<"transfer(address,uint256)">(ann, world.goods(), ben, 1_u256)
                    .refused_with(PublicGoods::NotTransferable{}));
    world.end_funding_in_time();
    world.go_to(world.line_deadline() + 1);
    world.close_goods();
    EXPECT_TRUE(world.take_back(ann, world.currency()).ok()) << "money comes back nevertheless";
}

// Three backers of 1, 1 and 1, of whom 2 come back: each gets nothing yet has two thirds.
TEST_F(PublicGoodsTest, fractions_that_add_up_to_a_unit_are_booked_as_dust) {
    GoodsTerms terms = world.goods_terms();
    terms.soft_cap = {1_u256};
    world.create_goods(terms, world.two_currencies(), {world.line(0, 2'500, Split::fixed)}, true);
    for (uint16_t n = 0; n < 4; ++n) world.give(GoodsWorld::donor(n), world.currency(), 3_u256);
    activate();
    world.release_line(0);
    world.close_goods();
    for (uint16_t n = 0; n < 4; ++n)
        ASSERT_TRUE(world.take_back(GoodsWorld::donor(n), world.currency()).ok());
    EXPECT_EQ(usd_of(GoodsWorld::donor(3)), 2_u256) << "9 of 12 come back: 2.25 to each";
    EXPECT_EQ(world.account(world.currency(), Account::dust), 1_u256);
    EXPECT_EQ(world.account(world.currency(), Account::pool_return), 0_u256);
    world.pay(0, world.currency(), builder);
    world.pay(0, world.currency(), printer);
    EXPECT_EQ(world.account(world.currency(), Account::cash), 1_u256) << "cash is the dust";
}

TEST_F(PublicGoodsTest, an_auditor_rebuilds_the_books_from_the_journal) {
    open({world.line(0, 5'000, Split::matched), world.line(1, 5'000, Split::fixed)});
    world.give(ann, world.currency(), 100_u256);
    world.give_to(school, ben, world.currency(), 9_u256);
    activate();
    world.release_line(0);
    world.release_line(1);
    world.pay(1, world.currency(), builder);
    world.close_goods();
    world.take_back(ann, world.currency());
    std::map<uint8_t, std::pair<u256, u256>> books;
    const u256 count = world.goods_number<"journalCount()">();
    EXPECT_GT(count, 5_u256);
    for (uint64_t i = 0; u256{i} < count; ++i) {
        const auto entry =
            world.ask<"journal(uint256)">(world.goods(), u256{i}).value<journal::Entry>();
        EXPECT_EQ(entry.asset, world.currency());
        books[entry.debit].first += entry.amount;
        books[entry.credit].second += entry.amount;
    }
    for (uint8_t account = 0; account < PublicGoods::account_count; ++account) {
        const Outcome out =
            world.ask<"account(address,uint8)">(world.goods(), world.currency(), account);
        const auto [debits, credits] = abi::decode<u256, u256>(out.result.output).value();
        EXPECT_EQ(books[account].first, debits);
        EXPECT_EQ(books[account].second, credits);
    }
    EXPECT_EQ(books[0].first - books[0].second, usd_of(world.goods()));
    EXPECT_TRUE(world.ask<"journal(uint256)">(world.goods(), count)
                    .refused_with(journal::UnknownEntry{count, count}));
}

TEST_F(PublicGoodsTest, everything_else_that_contributes_is_refused) {
    open({world.line(0, 1, Split::fixed)});
    EXPECT_TRUE(world.give(ann, world.currency(), 0_u256).refused_as<PublicGoods::AmountZero>());
    EXPECT_TRUE(world.give(ann, world.mission().is_zero() ? Address{} : world.registry(), 1_u256)
                    .refused_as<PublicGoods::CurrencyNotListed>());
    EXPECT_TRUE(
        world.give_to(school, ann, world.currency(), 5_u256).refused_as<PublicGoods::NoMatching>());
    auto currencies = world.two_currencies();
    currencies[0].weight = {1_u256};
    world.create_goods(world.goods_terms(), currencies, {world.line(0, 1, Split::matched)}, true);
    EXPECT_TRUE(world.give(ann, world.currency(), 5_u256)
                    .refused_with(PublicGoods::AmountTooSmall{5_u256}));
    EXPECT_TRUE(world.give_to(person(77), ann, world.other(), 5_u256)
                    .refused_with(PublicGoods::NotAccepted{person(77)}));
}

TEST_F(PublicGoodsTest, terms_that_cannot_hold_are_refused) {
    const auto refused = [&]<class E>(auto change) {
        GoodsTerms terms = world.goods_terms();
        auto currencies = world.two_currencies();
        change(terms, currencies);
        return world.create_goods(terms, currencies, {world.line(0, 1, Split::fixed)}, true)
            .template refused_as<E>();
    };
    using Terms = GoodsTerms;
    using List = std::vector<GoodsCurrency>;
    EXPECT_TRUE(refused.operator()<PublicGoods::OfficeVacant>(
        [](Terms& terms, List&) { terms.reviewer = {}; }));
    EXPECT_TRUE(refused.operator()<PublicGoods::CapsInvalid>(
        [](Terms& terms, List&) { terms.soft_cap = {}; }));
    EXPECT_TRUE(refused.operator()<PublicGoods::CapsInvalid>(
        [](Terms& terms, List&) { terms.hard_cap = {99_u256}; }));
    EXPECT_TRUE(refused.operator()<PublicGoods::EpochInvalid>(
        [](Terms& terms, List&) { terms.epoch_seconds = 0; }));
    EXPECT_TRUE(refused.operator()<PublicGoods::EpochInvalid>(
        [](Terms& terms, List&) { terms.epoch_seconds = PublicGoods::epoch_max_seconds + 1; }));
    EXPECT_TRUE(refused.operator()<PublicGoods::FundingDeadlineInvalid>([&](Terms& terms, List&) {
        terms.funding_deadline =
            world.block().timestamp + PublicGoods::goods_funding_span_max_seconds + 1;
    }));
    EXPECT_TRUE(
        refused.operator()<PublicGoods::CurrencyCount>([](Terms&, List& list) { list.clear(); }));
    EXPECT_TRUE(refused.operator()<PublicGoods::CurrencyInvalid>(
        [](Terms&, List& list) { list.push_back(list[0]); }));
    EXPECT_TRUE(refused.operator()<PublicGoods::CurrencyInvalid>(
        [](Terms&, List& list) { list[0].weight = {}; }));
    EXPECT_TRUE(refused.operator()<RecordNotLive>(
        [](Terms& terms, List&) { terms.record = keccak256("nothing"); }));
}

TEST_F(PublicGoodsTest, only_the_offices_and_only_in_their_time) {
    ASSERT_TRUE(world.create_goods(world.goods_terms(), world.two_currencies(), {}, false).ok());
    EXPECT_TRUE(world.send<"open()">(GoodsWorld::steward(), world.goods())
                    .refused_with(PublicGoods::PlanEmpty{}));
    constexpr FixedText add =
        "addLine((uint16,uint8,(address,uint32)[],bytes32,bytes32,uint64,uint64,(address,bytes)))";
    const SpendLine line = world.line(0, 10'000, Split::fixed);
    EXPECT_TRUE(
        world.send<add>(ann, world.goods(), line).refused_with(PublicGoods::NotSteward{ann}));
    EXPECT_EQ(world.send<add>(GoodsWorld::steward(), world.goods(), line).value<u256>(), 0_u256);
    EXPECT_TRUE(world.send<"open()">(ann, world.goods()).refused_as<PublicGoods::NotSteward>());
    ASSERT_TRUE(world.send<"open()">(GoodsWorld::steward(), world.goods()).ok());
    EXPECT_TRUE(world.send<add>(GoodsWorld::steward(), world.goods(), line)
                    .refused_as<PublicGoods::WrongPhase>());
    EXPECT_TRUE(world.send<"reviewRecipient(address,bool)">(ann, world.goods(), school, true)
                    .refused_with(PublicGoods::NotReviewer{ann}));
    EXPECT_TRUE(world.review(school, true).refused_as<recipients::NotReviewable>());
    world.give(ann, world.currency(), 100_u256);
    world.end_funding_in_time();
    EXPECT_TRUE(world.send<"registerRecipient(bytes32)">(school, world.goods(), Hash{})
                    .refused_as<PublicGoods::WrongPhase>());
}

TEST_F(PublicGoodsTest, a_line_waits_for_its_time_and_its_condition) {
    SpendLine late = world.line(0, 1'000, Split::fixed);
    late.opens_at = world.funding_deadline() + 50;
    open({late, world.line(1, 1'000, Split::equal)});
    world.give(ann, world.currency(), 100_u256);
    EXPECT_TRUE(world.release_line(0).refused_as<PublicGoods::WrongPhase>());
    world.end_funding_in_time();
    EXPECT_TRUE(world.release_line(0).refused_as<PublicGoods::NotOpenYet>());
    EXPECT_TRUE(world.release_line(1).refused_with(PublicGoods::ConditionNotMet{1_u256}));
    world.turn(1, Switchboard::broken);
    EXPECT_TRUE(world.release_line(1).refused_with(PublicGoods::ConditionFailed{1_u256}));
    EXPECT_TRUE(
        world.close_goods().refused_with(PublicGoods::LineOpen{0_u256, world.line_deadline()}));
    EXPECT_TRUE(world.pay(1, world.currency(), school).refused_as<PublicGoods::LineNotReleased>());
    world.turn(1, Switchboard::on);
    ASSERT_TRUE(world.release_line(1).ok());
    EXPECT_TRUE(world.release_line(1).refused_with(PublicGoods::LineSettled{1_u256}));
    world.go_to(world.line_deadline() + 1);
    EXPECT_TRUE(world.release_line(0).refused_as<PublicGoods::DeadlinePassed>());
    EXPECT_TRUE(world.release_line(2).refused_as<spend_lines::UnknownLine>());
    ASSERT_TRUE(world.close_goods().ok());
}

TEST_F(PublicGoodsTest, a_payee_whom_the_currency_refuses_delays_nobody) {
    open({world.line(0, 10'000, Split::equal)});
    world.give(ann, world.currency(), 100_u256);
    activate();
    world.release_line(0);
    const std::vector<Address> many(PublicGoods::payments_max + 1, school);
    EXPECT_TRUE(world
                    .send<"payMany(uint256,address,address[])">(person(99), world.goods(), 0_u256,
                                                                world.currency(), many)
                    .refused_as<PublicGoods::TooManyPayments>());
    const std::vector<Address> most(PublicGoods::payments_max, school);
    EXPECT_TRUE(world
                    .send<"payMany(uint256,address,address[])">(person(99), world.goods(), 0_u256,
                                                                world.currency(), most)
                    .ok());
    EXPECT_EQ(usd_of(school), 50_u256) << "named often, paid once";
}

// Gitcoin / Allo: sherlock 2023-09-Gitcoin #212, #576: the manager takes the pool before the end.
TEST_F(PublicGoodsTest, gitcoin_212_no_office_can_take_the_pool) {
    open({world.line(0, 1'000, Split::fixed)});
    world.give(ann, world.currency(), 100_u256);
    for (const Address& office : {GoodsWorld::steward(), GoodsWorld::reviewer()}) {
        const u256 before = usd_of(office);
        world.send<"withdraw(address,uint256)">(office, world.goods(), world.currency(), 100_u256);
        world.send<"withdrawReturned(address,address)">(office, world.goods(), office,
                                                        world.currency());
        world.send<"close()">(office, world.goods());
        EXPECT_EQ(usd_of(office), before);
    }
    world.end_funding_in_time();
    world.go_to(world.line_deadline() + 1);
    world.close_goods();
    EXPECT_TRUE(world.take_back(GoodsWorld::steward(), world.currency())
                    .refused_as<PublicGoods::NothingToWithdraw>());
    world.take_back(ann, world.currency());
    EXPECT_EQ(usd_of(ann), 100_u256);
}

// sherlock 2023-09-Gitcoin #207: the pool is locked when no recipient qualifies.
TEST_F(PublicGoodsTest, gitcoin_207_a_round_without_recipients_gives_everything_back) {
    world.open_goods({world.line(0, 5'000, Split::matched), world.line(1, 5'000, Split::equal)});
    world.give(ann, world.currency(), 100_u256);
    activate();
    EXPECT_TRUE(world.release_line(0).ok()) << "nobody to match";
    EXPECT_TRUE(world.release_line(1).refused_with(PublicGoods::NoRecipients{1_u256}));
    world.go_to(world.line_deadline() + 1);
    ASSERT_TRUE(world.close_goods().ok());
    ASSERT_TRUE(world.take_back(ann, world.currency()).ok());
    EXPECT_EQ(usd_of(ann), 100_u256);
}

// sherlock 2023-09-Gitcoin #578: a review changed while money is on its way.
TEST_F(PublicGoodsTest, gitcoin_578_an_acceptance_is_final) {
    open({world.line(0, 10'000, Split::matched)});
    world.give_to(school, ann, world.currency(), 100_u256);
    EXPECT_TRUE(world.review(school, false).refused_as<recipients::NotReviewable>());
    EXPECT_TRUE(world.send<"registerRecipient(bytes32)">(school, world.goods(), Hash{})
                    .refused_with(recipients::AlreadyAccepted{school}));
}

// allo-v2: two friends with a unit each would take a whole pool that nobody else touches.
TEST_F(PublicGoodsTest, allo_469_a_matching_pool_is_not_scaled_up) {
    open({world.line(0, 10'000, Split::matched)});
    world.give(ben, world.currency(), 1'000'000_u256);
    world.give_to(school, person(41), world.currency(), 1_u256);
    world.give_to(school, person(42), world.currency(), 1_u256);
    EXPECT_EQ(world.match_of(school), 2_u256);
}

// A depegged currency: who gives worthless units gets worthless units back.
TEST_F(PublicGoodsTest, a_currency_that_lost_its_worth_takes_nothing_from_another) {
    open({world.line(0, 5'000, Split::fixed)});
    world.give(ann, world.currency(), 100_u256);
    world.give(ben, world.other(), 1'000'000_u256);
    world.end_funding_in_time();
    world.go_to(world.line_deadline() + 1);
    world.close_goods();
    EXPECT_TRUE(
        world.take_back(ben, world.currency()).refused_as<PublicGoods::NothingToWithdraw>());
    world.take_back(ann, world.currency());
    EXPECT_EQ(usd_of(ann), 100_u256);
}

// V-1, V-2: a plain transfer to the vault changes no book.
TEST_F(PublicGoodsTest, a_donation_by_transfer_changes_nothing) {
    open({world.line(0, 5'000, Split::matched)});
    world.give(ann, world.currency(), 100_u256);
    world.give_to(school, ann, world.currency(), 100_u256);
    world.send<"transfer(address,uint256)">(GoodsWorld::steward(), world.currency(), world.goods(),
                                            1'000'000_u256);
    EXPECT_EQ(world.match_of(school), 0_u256);
    EXPECT_EQ(world.account(world.currency(), Account::cash), 200_u256);
    world.go_to(world.funding_deadline() + 1);
    world.end_funding();
    world.go_to(world.line_deadline() + 1);
    world.close_goods();
    EXPECT_EQ(world.withdrawable_of(ann, world.currency()), 200_u256);
}

}  // namespace
}  // namespace plume
