#include "crypto/bls12_381_map.hpp"

#include <gtest/gtest.h>

namespace plume::bls12_381 {
namespace {

// RFC 9380 hashes a message to two numbers, and adds the points that they are mapped to. These are
// its answers for the empty message (appendices J.9.1 and J.10.1).

TEST(Bls12381Map, maps_numbers_to_the_points_of_rfc_9380) {
    const G1 a =
        map_to_group(Fp::literal("0ba14bd907ad64a016293ee7c2d276b8eae71f25a4b941ee"
                                 "ce7b0d89f17f75cb3ae5438a614fb61d6835ad59f29c564f"));
    const G1 b =
        map_to_group(Fp::literal("019b9bd7979f12657976de2884c7cce192b82c177c80e0ec"
                                 "604436a7f538d231552f0d96d9f7babe5fa3b19b3ff25ac9"));
    EXPECT_EQ((Jacobian<Fp>(a) + b).to_affine(),
              (G1{Fp::literal("052926add2207b76ca4fa57a8734416c8dc95e24501772c8"
                              "14278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"),
                  Fp::literal("08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6b"
                              "e0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265")}));
}

TEST(Bls12381Map, maps_pairs_of_numbers_to_the_points_of_rfc_9380) {
    const G2 a = map_to_group(F2{Fp::literal("03dbc2cce174e91ba93cbb08f26b917f98194a2ea08d1cce"
                                             "75b2b9cc9f21689d80bd79b594a613d0a68eb807dfdc1cf8"),
                                 Fp::literal("05a2acec64114845711a54199ea339abd125ba38253b70a9"
                                             "2c876df10598bd1986b739cad67961eb94f7076511b3b39a")});
    const G2 b = map_to_group(F2{Fp::literal("02f99798e8a5acdeed60d7e18e9120521ba1f47ec0909846"
                                             "62846bc825de191b5b7641148c0dbc237726a334473eee94"),
                                 Fp::literal("145a81e418d4010cc027a68f14391b30074e89e60ee7a22f"
                                             "87217b2f6eb0c4b94c9115b436e6fa4607e95a98de30a435")});
    EXPECT_EQ((Jacobian<F2>(a) + b).to_affine(),
              (G2{{Fp::literal("0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d"
                               "69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a"),
                   Fp::literal("05cb8437535e20ecffaef7752baddf98034139c38452458b"
                               "aeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d")},
                  {Fp::literal("0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca"
                               "195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92"),
                   Fp::literal("12424ac32561493f3fe3c260708a12b7c620e7be00099a97"
                               "4e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6")}}));
}

TEST(Bls12381Map, ends_in_the_group_for_small_and_large_numbers) {
    for (uint64_t i = 0; i < 20; ++i) {
        for (const Fp& u : {Fp(i), -Fp(i)}) {
            EXPECT_TRUE(map_to_group(u).is_on_curve(curve_b));
            EXPECT_TRUE(is_in_group(map_to_group(u)));
            for (const F2& v : {F2{u, Fp{}}, F2{Fp{}, u}, F2{u, u}}) {
                EXPECT_TRUE(map_to_group(v).is_on_curve(twist_b));
                EXPECT_TRUE(is_in_group(map_to_group(v)));
            }
        }
    }
}

TEST(Bls12381Map, turns_the_sign_with_its_number) {
    EXPECT_EQ(map_to_group(-Fp(5)), -map_to_group(Fp(5)));
    EXPECT_EQ(map_to_group(-F2(5)), -map_to_group(F2(5)));
}

}  // namespace
}  // namespace plume::bls12_381
