using System.Security.Cryptography;

namespace Parley.Ciphers.Tests;

/// <summary>
/// NIST's validation vectors, every length of a packet against the platform, and the edges where implementations go wrong.
/// </summary>
public sealed class VectorTests
{
    // CAVP, gcmEncryptExtIV128.rsp and gcmEncryptExtIV256.rsp: the first of their groups.
    private static readonly string[][] s_cavp =
    [
        ["11754cd72aec309bf52f7687212e8957", "3c819d9a9bed087615030b65", "", "", "", "250327c674aaf477aef2675748cf6971"],
        [
            "77be63708971c4e240d1cb79e8d77feb", "e0e00f19fed7ba0136a797f3", "7a43ec1d9c0a5a78a0b16533a6213cab", "", "",
            "209fcc8d3675ed938e9c7166709dd946",
        ],
        [
            "7fddb57453c241d03efbed3ac44e371c", "ee283a3fc75575e33efd4887", "", "d5de42b461646c255c87bd2962d3b9a2",
            "2ccda4a5415cb91e135c2a0f78c9b2fd", "b36d1df9b9d5e596f83e8b7f52971cb3",
        ],
        [
            "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4", "516c33929df5a3284ff463d7", "", "", "",
            "bdc1ac884d332457a1d2664f168c76f0",
        ],
    ];

    public static TheoryData<string, int> Cavp()
    {
        var data = new TheoryData<string, int>();
        foreach (var implementation in CipherImplementations.Supported())
        {
            for (var i = 0; i < s_cavp.Length; i++)
            {
                data.Add(implementation.ToString(), i);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cavp))]
    public void Gcm_VectorOfNist_IsReproducedAndOpensAndItsForgeryDoesNot(string implementation, int vector)
    {
        byte[][] v = [.. s_cavp[vector].Select(Hex.Bytes)];
        var (nonce, aad, text, tag) = (v[1], v[2], new byte[v[3].Length], new byte[16]);
        using var cipher = new AesGcmCipher(v[0], Implementations.Named(implementation));
        cipher.Seal(nonce, aad, v[3], text, tag);
        Assert.Equal(v[4], text);
        Assert.Equal(v[5], tag);
        Assert.True(cipher.TryOpen(nonce, aad, text, tag, text));
        Assert.Equal(v[3], text);
        foreach (var at in (int[])[0, 7, 15])
        {
            tag[at] ^= 0x80;
            Assert.False(cipher.TryOpen(nonce, aad, v[4], tag, text));
            tag[at] ^= 0x80;
        }
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Gcm_EveryLengthTo2000_AgreesWithThePlatformBothWays(string implementation)
    {
        var random = new Random(11);
        foreach (var keyLength in (int[])[16, 32])
        {
            var key = Bytes(random, keyLength);
            using var cipher = new AesGcmCipher(key, Implementations.Named(implementation));
            using var oracle = new AesGcm(key, 16);
            for (var length = 0; length <= 2000; length++)
            {
                var (nonce, aad, plaintext) = (Bytes(random, 12), Bytes(random, random.Next(0, 200)), Bytes(random, length));
                var (ours, theirs, ourTag, theirTag) = (new byte[length], new byte[length], new byte[16], new byte[16]);
                cipher.Seal(nonce, aad, plaintext, ours, ourTag);
                oracle.Encrypt(nonce, plaintext, theirs, theirTag, aad);
                Assert.True(ours.AsSpan().SequenceEqual(theirs) && ourTag.AsSpan().SequenceEqual(theirTag), $"{length} bytes");
                Assert.True(
                    cipher.TryOpen(nonce, aad, theirs, theirTag, ours) && ours.AsSpan().SequenceEqual(plaintext), $"{length} bytes");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Ctr_EveryLengthTo2000_AgreesWithThePlatform(string implementation)
    {
        var random = new Random(12);
        foreach (var keyLength in (int[])[16, 24, 32])
        {
            var (key, iv, zeros) = (Bytes(random, keyLength), Bytes(random, 16), new byte[2048]);
            using var cipher = new AesCtrCipher(key, Implementations.Named(implementation));
            using var oracle = Aes.Create();
            oracle.Key = key;
            for (var length = 0; length <= 2000; length++)
            {
                random.NextBytes(iv);
                var input = Bytes(random, length);
                var output = new byte[length];
                cipher.Transform(iv, input, output);
                Assert.True(output.AsSpan().SequenceEqual(Expected(oracle, iv, input)), $"{length} bytes");
            }
        }
    }

    /// <summary>
    /// Where others have erred: zeros and ones everywhere, long additional data, and lengths about the borders of blocks and of the loops
    /// over them.
    /// </summary>
    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Gcm_AtTheEdges_AgreesWithThePlatform(string implementation)
    {
        foreach (var fill in (byte[])[0x00, 0xFF, 0x80, 0x01])
        {
            foreach (var keyLength in (int[])[16, 32])
            {
                using var cipher = new AesGcmCipher(Filled(keyLength, fill), Implementations.Named(implementation));
                using var oracle = new AesGcm(Filled(keyLength, fill), 16);
                foreach (var aadLength in (int[])[0, 1, 12, 15, 16, 17, 127, 128, 129, 4096, 65_535])
                {
                    foreach (var length in (int[])[0, 1, 15, 16, 17, 127, 128, 129, 255, 256, 257, 2049])
                    {
                        var (nonce, aad, text) = (Filled(12, fill), Filled(aadLength, (byte)~fill), Filled(length, fill));
                        var (ours, theirs, ourTag, theirTag) = (new byte[length], new byte[length], new byte[16], new byte[16]);
                        cipher.Seal(nonce, aad, text, ours, ourTag);
                        oracle.Encrypt(nonce, text, theirs, theirTag, aad);
                        Assert.True(
                            ours.AsSpan().SequenceEqual(theirs) && ourTag.AsSpan().SequenceEqual(theirTag),
                            $"{fill}, {aadLength} and {length} bytes");

                        // The lengths are authenticated too: what moves from the one part to the other is seen.
                        Assert.True(aadLength == 0 || !cipher.TryOpen(nonce, aad.AsSpan(1), ours, ourTag, new byte[length]));
                    }
                }
            }
        }
    }

    /// <summary>
    /// Engines do not ask whether they are disposed. What they compute then shows what is left of a key: nothing, whichever it was.
    /// </summary>
    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Dispose_WipesTheKeySchedule(string implementation)
    {
        var chosen = Implementations.Named(implementation);
        if (chosen == CipherImplementation.Platform)
        {
            var platform = GcmEngine.Create(new byte[16], chosen);
            platform.Dispose();
            Assert.ThrowsAny<ObjectDisposedException>(() => platform.Seal(new byte[12], [], [], [], new byte[16]));
            return;
        }

        foreach (var keyLength in (int[])[16, 32])
        {
            Assert.Equal(SealedAfterDispose(0x11), SealedAfterDispose(0x77));
            Assert.Equal(TransformedAfterDispose(0x11), TransformedAfterDispose(0x77));

            byte[] SealedAfterDispose(byte fill)
            {
                var engine = GcmEngine.Create(Filled(keyLength, fill), chosen);
                var (before, after) = (new byte[300 + 16], new byte[300 + 16]);
                engine.Seal(new byte[12], new byte[20], new byte[300], before.AsSpan(0, 300), before.AsSpan(300));
                engine.Dispose();
                engine.Seal(new byte[12], new byte[20], new byte[300], after.AsSpan(0, 300), after.AsSpan(300));
                Assert.NotEqual(before, after);
                return after;
            }

            byte[] TransformedAfterDispose(byte fill)
            {
                var engine = CounterEngine.Create(Filled(keyLength, fill), chosen);
                var (before, after) = (new byte[300], new byte[300]);
                engine.Transform(new byte[16], new byte[300], before);
                engine.Dispose();
                engine.Transform(new byte[16], new byte[300], after);
                Assert.NotEqual(before, after);
                return after;
            }
        }
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Filled(int length, byte value)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static byte[] Expected(Aes oracle, byte[] iv, byte[] input)
    {
        var counter = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(iv);
        var blocks = new byte[(input.Length + 15) / 16 * 16];
        for (var at = 0; at < blocks.Length; at += 16)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(blocks.AsSpan(at), counter++);
        }

        var stream = oracle.EncryptEcb(blocks, PaddingMode.None);
        return [.. input.Select((b, i) => (byte)(b ^ stream[i]))];
    }
}
