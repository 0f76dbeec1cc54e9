namespace Parley.Srtp.Tests;

/// <summary>
/// Packets made by libsrtp2 2.5.0 (Debian 12, through python3-pylibsrtp 0.8.0: one <c>Session</c> per profile, then <c>protect</c> and
/// <c>protect_rtcp</c> in this order). The master key is 00 01 02 …, the master salt A0 A1 A2 ….
/// </summary>
public sealed class LibSrtpVectorTests
{
    // One CSRC, a header extension of one word; sequence numbers FFFE, FFFF, 0: the last under the next roll-over.
    private static readonly string[] Rtp =
    [
        "91e0fffe00001234cafebabedeadbeefbede000110aabb00 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627",
        "8060ffff00001234cafebabe7061726c6579",
        "8060000000001234cafebabe7061726c6579",
    ];

    private const string Rtcp = "80c80006cafebabe000102030405060708090a0b0c0d0e0f10111213";

    public static TheoryData<SrtpProfile, string[], string[]> Vectors() => new()
    {
        {
            SrtpProfile.Aes128CmHmacSha1With80BitTag,
            [
                "91e0fffe00001234cafebabedeadbeefbede000110aabb00 "
                + "a7d9a0b04907be3ad0816eca4d9de5d58b4d6426e908999c842c2721832ec64a0714b5d7f949e3fb 0d43afdd4d1898ecf393",
                "8060ffff00001234cafebabe71db513f60100ba634bd80a5439c201b",
                "8060000000001234cafebabeb863bfe37d5bf692afbb469134f4a7b9",
            ],
            [
                "80c80006cafebabefdde16a92e936dce0fbf5757f8d1632c0017984b800000014754b1cc6c89a2abd6fc",
                "80c80006cafebabe9a7aff5db65e211ecc6e3d53977275b589e9e7fd80000002d1d98ddcf79b49353dc8",
            ]
        },
        {
            SrtpProfile.Aes128CmHmacSha1With32BitTag,
            [
                "91e0fffe00001234cafebabedeadbeefbede000110aabb00 "
                + "a7d9a0b04907be3ad0816eca4d9de5d58b4d6426e908999c842c2721832ec64a0714b5d7f949e3fb 0d43afdd",
                "8060ffff00001234cafebabe71db513f60100ba634bd",
                "8060000000001234cafebabeb863bfe37d5bf692afbb",
            ],
            [
                "80c80006cafebabefdde16a92e936dce0fbf5757f8d1632c0017984b800000014754b1cc6c89a2abd6fc",
                "80c80006cafebabe9a7aff5db65e211ecc6e3d53977275b589e9e7fd80000002d1d98ddcf79b49353dc8",
            ]
        },
        {
            SrtpProfile.AeadAes128Gcm,
            [
                "91e0fffe00001234cafebabedeadbeefbede000110aabb00 "
                + "b862094bf249e8c61171950b7619ef5f85e7ba8304800bcc24b48ed13d172727f694115529d8cbd9 fbd19315e1bb09fab48faff8b9e51e9e",
                "8060ffff00001234cafebabe0f5e68c9d311dd3a4c84870df80a5eff84009751be40",
                "8060000000001234cafebabe64a6b439d91e85d00979332fef49782ca4e0ae90f871",
            ],
            [
                "80c80006cafebabe622122f55f9787f92689cd810b28d581d97f1efb8ba1ed0cd8a5a3080d38e1bfb01f7b1480000001",
                "80c80006cafebabe3ee2fb31aee58f2a95ab482491b4cb94df426065792341ef7c02d3e75d93fb034c0339ff80000002",
            ]
        },
        {
            SrtpProfile.AeadAes256Gcm,
            [
                "91e0fffe00001234cafebabedeadbeefbede000110aabb00 "
                + "5668697c8496a0d3af59693b052dcc11a47eb026a97f1bccea7a01d07ef9a2b7fb27bf9e5658d2e3 c929371307d4715e2572c67a5853453c",
                "8060ffff00001234cafebabe29a54c5e899f1f4a188a76292d1585b5c01dc9c08ebd",
                "8060000000001234cafebabecb333e4d4da4a77b751259e9772b251a4a8fd7103414",
            ],
            [
                "80c80006cafebabe2115060f2fa9a73c4bad30c168ec09acd2f43f5b18be8d543152a41a80aa2a394850bdda80000001",
                "80c80006cafebabe9a92d8d06c932f5ab152a6bc3103436cdc92e79633d7ee0bfeb1e388a875e5aaa3cb9f9a80000002",
            ]
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Context_PacketsOfLibsrtp_AreReproducedAndOpened(SrtpProfile profile, string[] rtp, string[] rtcp)
    {
        using var outbound = Create(profile);
        using var inbound = Create(profile);
        for (var i = 0; i < rtp.Length; i++)
        {
            var plain = Hex.Bytes(Rtp[i]);
            var buffer = new byte[plain.Length + outbound.MaxOverhead];
            plain.CopyTo(buffer, 0);
            var expected = Hex.Bytes(rtp[i]);

            var length = outbound.ProtectRtp(buffer, plain.Length);

            Assert.Equal(expected, buffer.AsSpan(0, length));
            Assert.True(inbound.TryUnprotectRtp(expected, out var opened, out var error), error.ToString());
            Assert.Equal(plain, expected.AsSpan(0, opened));
        }

        // libsrtp counts its RTCP packets from 1.
        outbound.Restore(0xcafebabe, 0, 1);
        foreach (var packet in rtcp)
        {
            var plain = Hex.Bytes(Rtcp);
            var buffer = new byte[plain.Length + outbound.MaxOverhead];
            plain.CopyTo(buffer, 0);
            var expected = Hex.Bytes(packet);

            var length = outbound.ProtectRtcp(buffer, plain.Length);

            Assert.Equal(expected, buffer.AsSpan(0, length));
            Assert.True(inbound.TryUnprotectRtcp(expected, out var opened, out var error), error.ToString());
            Assert.Equal(plain, expected.AsSpan(0, opened));
        }
    }

    private static SrtpContext Create(SrtpProfile profile) => new(
        profile,
        [.. Enumerable.Range(0, profile.KeyLength).Select(i => (byte)i)],
        [.. Enumerable.Range(0xA0, profile.SaltLength).Select(i => (byte)i)]);
}
