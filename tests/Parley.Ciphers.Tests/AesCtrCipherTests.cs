using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Ciphers.Tests;

public sealed class AesCtrCipherTests
{
    private const string Plaintext =
        "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef "
        + "f69f2445df4f9b17ad2b417be66c3710";

    // NIST SP 800-38A, F.5.1, F.5.3 and F.5.5.
    public static TheoryData<string, string, string> Vectors()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var implementation in CipherImplementations.Supported().Select(i => i.ToString()))
        {
            data.Add(
                implementation, "2b7e151628aed2a6abf7158809cf4f3c",
                "874d6191b620e3261bef6864990db6ce 9806f66b7970fdff8617187bb9fffdff 5ae4df3edbd5d35e5b4f09020db03eab "
                + "1e031dda2fbe03d1792170a0f3009cee");
            data.Add(
                implementation, "8e73b0f7da0e6452c810f32b809079e5 62f8ead2522c6b7b",
                "1abc932417521ca24f2b0459fe7e6e0b 090339ec0aa6faefd5ccc2c6f4ce8e94 1e36b26bd1ebc670d1bd1d665620abf7 "
                + "4f78a7f6d29809585a97daec58c6b050");
            data.Add(
                implementation, "603deb1015ca71be2b73aef0857d7781 1f352c073b6108d72d9810a30914dff4",
                "601ec313775789a5b7a7f504bbf3d228 f443e3ca4d62b59aca84e990cacaf5c5 2b0930daa23de94ce87017ba2d84988d "
                + "dfc9c58db67aada613c2dd08457941a6");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Transform_PublishedVector_IsReproduced(string implementation, string key, string ciphertext)
    {
        using var cipher = new AesCtrCipher(Hex.Bytes(key), Implementations.Named(implementation));
        var buffer = Hex.Bytes(Plaintext);

        cipher.Transform(Hex.Bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), buffer, buffer);

        Assert.Equal(Hex.Bytes(ciphertext), buffer);
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Transform_EachLengthOffsetAndCounterWrap_AgreesWithBlocksOfThePlatform(string implementation)
    {
        var random = new Random(3);
        foreach (var keyLength in (int[])[16, 24, 32])
        {
            var key = new byte[keyLength];
            random.NextBytes(key);
            using var cipher = new AesCtrCipher(key, Implementations.Named(implementation));
            using var oracle = Aes.Create();
            oracle.Key = key;
            foreach (var length in Enumerable.Range(0, 301).Concat([1200, 4096, 5000]))
            {
                var iv = new byte[16];
                random.NextBytes(iv);
                if (length % 3 == 0)
                {
                    // The wrap of 32, 64 and 128 bits falls into the message.
                    iv.AsSpan(length % 9 == 0 ? 0 : length % 6 == 0 ? 8 : 12).Fill(0xFF);
                    iv[15] -= (byte)random.Next(0, 12);
                }

                var offset = random.Next(0, 17);
                var input = new byte[length];
                random.NextBytes(input);
                var expected = Expected(oracle, iv, input);

                var apart = new byte[offset + length];
                cipher.Transform(iv, input, apart.AsSpan(offset));
                Assert.Equal(expected, apart.AsSpan(offset));

                input.CopyTo(apart, offset);
                cipher.Transform(iv, apart.AsSpan(offset), apart.AsSpan(offset));
                Assert.Equal(expected, apart.AsSpan(offset));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Implementations.All), MemberType = typeof(Implementations))]
    public void Transform_ManyPackets_AllocatesNothing(string implementation)
    {
        using var cipher = new AesCtrCipher(new byte[16], Implementations.Named(implementation));
        var buffer = new byte[1200];
        var iv = new byte[16];
        void Turns(int count)
        {
            for (var i = 0; i < count; i++)
            {
                cipher.Transform(iv, buffer, buffer);
            }
        }

        Turns(1);
        Assert.Equal(0, SteadyState.Allocates(() => Turns(300)));
    }

    [Fact]
    public void Misuse_IsAnException()
    {
        Assert.Throws<ArgumentException>(() => new AesCtrCipher(new byte[15]));
        var cipher = new AesCtrCipher(new byte[16]);
        var buffer = new byte[64];
        Assert.Throws<ArgumentException>(() => cipher.Transform(new byte[15], buffer, buffer));
        Assert.Throws<ArgumentException>(() => cipher.Transform(new byte[16], buffer, new byte[63]));
        Assert.Throws<ArgumentException>(() => cipher.Transform(new byte[16], buffer.AsSpan(1, 32), buffer.AsSpan(0, 32)));
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Transform(new byte[16], buffer, buffer));
    }

    private static byte[] Expected(Aes oracle, byte[] iv, byte[] input)
    {
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        var blocks = new byte[(input.Length + 15) / 16 * 16];
        for (var at = 0; at < blocks.Length; at += 16)
        {
            BinaryPrimitives.WriteUInt128BigEndian(blocks.AsSpan(at), counter++);
        }

        var stream = oracle.EncryptEcb(blocks, PaddingMode.None);
        return [.. input.Select((b, i) => (byte)(b ^ stream[i]))];
    }
}
