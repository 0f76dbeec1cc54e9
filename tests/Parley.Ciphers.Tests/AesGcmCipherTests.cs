using System.Security.Cryptography;

namespace Parley.Ciphers.Tests;

public sealed class AesGcmCipherTests
{
    private const string Key = "feffe9928665731c6d6a8f9467308308";
    private const string Iv = "cafebabefacedbaddecaf888";
    private const string Aad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
    private const string Text =
        "d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72 1c3c0c95956809532fcf0e2449a6b525 "
        + "b16aedf5aa0de657ba637b391aafd255";

    private const string Sealed128 =
        "42831ec2217774244b7221b784d0d49c e3aa212f2c02a4e035c17e2329aca12e 21d514b25466931c7d8f6a5aac84aa05 "
        + "1ba30b396a0aac973d58e091473f5985";

    private const string Sealed256 =
        "522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa 8cb08e48590dbb3da7b08b1056828838 "
        + "c5f61e6393ba7a0abcc9f662898015ad";

    private const string Zero16 = "00000000000000000000000000000000";

    // McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 1 to 4 and 13 to 16.
    public static TheoryData<string, string, string, string, string, string, string> Vectors()
    {
        var data = new TheoryData<string, string, string, string, string, string, string>();
        var short60 = Text.Replace(" ", "")[..120];
        foreach (var implementation in CipherImplementations.Supported().Select(i => i.ToString()))
        {
            data.Add(implementation, Zero16, Zero16[..24], "", "", "", "58e2fccefa7e3061367f1d57a4e7455a");
            data.Add(
                implementation, Zero16, Zero16[..24], "", Zero16, "0388dace60b6a392f328c2b971b2fe78", "ab6e47d42cec13bdf53a67b21257bddf");
            data.Add(implementation, Key, Iv, "", Text, Sealed128, "4d5c2af327cd64a62cf35abd2ba6fab4");
            data.Add(implementation, Key, Iv, Aad, short60, Sealed128.Replace(" ", "")[..120], "5bc94fbc3221a5db94fae95ae7121a47");
            data.Add(implementation, Zero16 + Zero16, Zero16[..24], "", "", "", "530f8afbc74536b9a963b4f1c4cb738b");
            data.Add(
                implementation, Zero16 + Zero16, Zero16[..24], "", Zero16, "cea7403d4d606b6e074ec5d3baf39d18",
                "d0d1c8a799996bf0265b98b5d48ab919");
            data.Add(implementation, Key + Key, Iv, "", Text, Sealed256, "b094dac5d93471bdec1a502270e3cc6c");
            data.Add(implementation, Key + Key, Iv, Aad, short60, Sealed256.Replace(" ", "")[..120], "76fc6ece0f4e1768cddf8853bb2d551b");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Seal_PublishedVector_IsReproducedAndOpens(
        string implementation, string key, string nonce, string aad, string plaintext, string ciphertext, string tag)
    {
        using var cipher = new AesGcmCipher(Hex.Bytes(key), Implementations.Named(implementation));
        var text = Hex.Bytes(plaintext);
        var output = new byte[text.Length];
        var outputTag = new byte[16];

        cipher.Seal(Hex.Bytes(nonce), Hex.Bytes(aad), text, output, outputTag);

        Assert.Equal(Hex.Bytes(ciphertext), output);
        Assert.Equal(Hex.Bytes(tag), outputTag);
        Assert.True(cipher.TryOpen(Hex.Bytes(nonce), Hex.Bytes(aad), output, outputTag, output));
        Assert.Equal(text, output);
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Seal_EachLengthAndOffset_AgreesWithThePlatform(string implementation)
    {
        var random = new Random(1);
        foreach (var keyLength in (int[])[16, 32])
        {
            var key = Random(random, keyLength);
            using var cipher = new AesGcmCipher(key, Implementations.Named(implementation));
            using var oracle = new AesGcm(key, 16);
            foreach (var length in Enumerable.Range(0, 301).Concat([511, 512, 513, 1199, 1200, 1201, 16384, 65535]))
            {
                var nonce = Random(random, 12);
                var aad = Random(random, length % 45 + (length % 7 == 0 ? 250 : 0));
                var offset = random.Next(0, 17);
                var plaintext = Random(random, length);
                var expected = new byte[length];
                var expectedTag = new byte[16];
                oracle.Encrypt(nonce, plaintext, expected, expectedTag, aad);

                var apart = new byte[length + offset];
                var tag = new byte[16];
                cipher.Seal(nonce, aad, plaintext, apart.AsSpan(offset), tag);
                Assert.Equal(expected, apart.AsSpan(offset));
                Assert.Equal(expectedTag, tag);

                var inPlace = new byte[length + offset + 16];
                plaintext.CopyTo(inPlace, offset);
                var body = inPlace.AsSpan(offset, length);
                cipher.Seal(nonce, aad, body, body, inPlace.AsSpan(offset + length));
                Assert.Equal(expected, body);
                Assert.Equal(expectedTag, inPlace.AsSpan(offset + length));
                Assert.True(cipher.TryOpen(nonce, aad, body, inPlace.AsSpan(offset + length), body));
                Assert.Equal(plaintext, body);

                var opened = new byte[length];
                Assert.True(cipher.TryOpen(nonce, aad, apart.AsSpan(offset), tag, opened));
                Assert.Equal(plaintext, opened);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void TryOpen_OneBitOfAnythingFlipped_RefusesAndClears(string implementation)
    {
        var random = new Random(2);
        using var cipher = new AesGcmCipher(Random(random, 16), Implementations.Named(implementation));
        foreach (var length in (int[])[0, 1, 16, 100, 127, 128, 129, 300])
        {
            var nonce = Random(random, 12);
            var aad = Random(random, 13);
            var ciphertext = new byte[length];
            var tag = new byte[16];
            cipher.Seal(nonce, aad, Random(random, length), ciphertext, tag);
            foreach (var part in (byte[][])[nonce, aad, ciphertext, tag])
            {
                for (var bit = 0; bit < part.Length * 8; bit++)
                {
                    part[bit / 8] ^= (byte)(1 << bit % 8);
                    var opened = Random(random, length);
                    Assert.False(cipher.TryOpen(nonce, aad, ciphertext, tag, opened));
                    Assert.All(opened, b => Assert.Equal(0, b));
                    part[bit / 8] ^= (byte)(1 << bit % 8);
                }
            }

            Assert.True(cipher.TryOpen(nonce, aad, ciphertext, tag, new byte[length]));
        }
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void SealAndOpen_ManyPackets_AllocateNothing(string implementation)
    {
        using var cipher = new AesGcmCipher(new byte[16], Implementations.Named(implementation));
        var buffer = new byte[1216];
        var nonce = new byte[12];
        void Turns(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Turn();
            }
        }

        void Turn()
        {
            cipher.Seal(nonce, nonce, buffer.AsSpan(0, 1200), buffer.AsSpan(0, 1200), buffer.AsSpan(1200));
            cipher.TryOpen(nonce, nonce, buffer.AsSpan(0, 1200), buffer.AsSpan(1200), buffer.AsSpan(0, 1200));
        }

        Turns(1);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(300)));
    }

    [Fact]
    public void Misuse_IsAnException()
    {
        Assert.Throws<ArgumentException>(() => new AesGcmCipher(new byte[24]));
        var cipher = new AesGcmCipher(new byte[16]);
        var buffer = new byte[64];
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[11], [], buffer, buffer, new byte[16]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], [], buffer, buffer, new byte[15]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], [], buffer, new byte[63], new byte[16]));
        Assert.Throws<ArgumentException>(() => cipher.Seal(new byte[12], [], buffer.AsSpan(0, 32), buffer.AsSpan(1, 32), new byte[16]));
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen(new byte[12], [], buffer, new byte[16], buffer));
        cipher.Dispose();
    }

    [Fact]
    public unsafe void KeyMemory_Disposed_IsWiped()
    {
        var memory = new KeyMemory(64);
        new Span<byte>(memory.Pointer, 64).Fill(0xAA);

        memory.Dispose();

        Assert.True(new ReadOnlySpan<byte>(memory.Pointer, 64).IndexOfAnyExcept((byte)0) < 0);
        GC.KeepAlive(memory);
    }

    private static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
