using System.Security.Cryptography;

namespace Parley.Ciphers.Tests;

public sealed class HmacSha1Tests
{
    public static TheoryData<int> Lanes() => [.. new[] { 1, 4, 8, 16 }.Where(lanes => lanes <= HmacSha1.MostLanes)];

    /// <summary>RFC 2202 §3: key, data, digest.</summary>
    [Theory]
    [MemberData(nameof(Lanes))]
    public void Compute_VectorsOfRfc2202_AloneAndSideBySide(int lanes)
    {
        (byte[] Key, byte[] Data, string Digest)[] vectors =
        [
            (Repeat(0x0B, 20), "Hi There"u8.ToArray(), "b617318655057264e28bc0b6fb378c8ef146be00"),
            ("Jefe"u8.ToArray(), "what do ya want for nothing?"u8.ToArray(), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
            (Repeat(0xAA, 20), Repeat(0xDD, 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
            (Convert.FromHexString("0102030405060708090a0b0c0d0e0f10111213141516171819"), Repeat(0xCD, 50),
                "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
            (Repeat(0x0C, 20), "Test With Truncation"u8.ToArray(), "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
            (Repeat(0xAA, 80), "Test Using Larger Than Block-Size Key - Hash Key First"u8.ToArray(),
                "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
            (Repeat(0xAA, 80), "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"u8.ToArray(),
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"),
        ];
        foreach (var (key, data, digest) in vectors)
        {
            using var hmac = new HmacSha1(key, lanes);
            var hashes = new byte[17 * HmacSha1.HashLength];
            hmac.Compute(data, hashes);
            Assert.Equal(digest, Convert.ToHexStringLower(hashes[..20]));
            foreach (var count in (int[])[1, 2, 4, 5, 8, 9, 16, 17])
            {
                Array.Clear(hashes);
                hmac.Compute(data, Enumerable.Repeat(new MessageRange(0, data.Length), count).ToArray(), hashes);
                Assert.All(hashes.Chunk(20).Take(count), hash => Assert.Equal(digest, Convert.ToHexStringLower(hash)));
                Assert.All(hashes.Skip(count * 20), each => Assert.Equal(0, each));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Compute_EachLengthSideBySide_IsThePlatforms(int lanes)
    {
        var random = new Random(lanes);
        var key = new byte[20];
        random.NextBytes(key);
        var buffer = new byte[300 * 301];
        random.NextBytes(buffer);
        using var hmac = new HmacSha1(key, lanes);
        foreach (var count in Enumerable.Range(1, 33))
        {
            for (var start = 0; start < 300; start += count)
            {
                // Lengths that follow each other, at odd places.
                var ranges = Enumerable.Range(0, count).Select(i => new MessageRange((start + i) * 150 + 1, (start + i) % 300)).ToArray();
                Compare(hmac, key, buffer, ranges);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Compute_LengthsAtRandom_IsThePlatforms(int lanes)
    {
        var random = new Random(100 + lanes);
        var buffer = new byte[20_000];
        for (var round = 0; round < 300; round++)
        {
            random.NextBytes(buffer);
            var key = new byte[random.Next(1, 100)];
            random.NextBytes(key);
            using var hmac = new HmacSha1(key, lanes);
            Compare(
                hmac, key, buffer,
                [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ =>
                    new MessageRange(random.Next(10_000), random.Next(3) == 0 ? random.Next(10_000) : 1204))]);
        }
    }

    [Fact]
    public void Compute_AllocatesNothing()
    {
        using var hmac = new HmacSha1(new byte[20]);
        var buffer = new byte[1500];
        var hashes = new byte[20 * HmacSha1.HashLength];
        var ranges = Enumerable.Range(0, 20).Select(i => new MessageRange(i, 1200)).ToArray();
        void Run()
        {
            for (var i = 0; i < 200; i++)
            {
                hmac.Compute(buffer, ranges, hashes);
                hmac.Compute(buffer, hashes);
            }
        }

        Run();
        Assert.Equal(0, SteadyState.Allocates(Run));
    }

    [Fact]
    public void Compute_OutsideTheBufferOrWithoutRoom_IsMisuse()
    {
        var hmac = new HmacSha1(new byte[20]);
        var hashes = new byte[40];
        Assert.Throws<ArgumentException>(() => hmac.Compute(new byte[100], [new MessageRange(90, 11)], hashes));
        Assert.Throws<ArgumentException>(() => hmac.Compute(new byte[100], [new MessageRange(-1, 5)], hashes));
        Assert.Throws<ArgumentException>(() => hmac.Compute(new byte[100], [new MessageRange(5, -1)], hashes));
        Assert.Throws<ArgumentException>(() => hmac.Compute(new byte[100], new MessageRange[3], hashes));
        Assert.Throws<ArgumentException>(() => hmac.Compute(new byte[100], hashes.AsSpan(0, 19)));
        hmac.Dispose();
        Assert.Throws<ObjectDisposedException>(() => hmac.Compute(new byte[100], hashes));
        Assert.Throws<ObjectDisposedException>(() => hmac.Compute(new byte[100], new MessageRange[1], hashes));
    }

    private static void Compare(HmacSha1 hmac, byte[] key, byte[] buffer, MessageRange[] ranges)
    {
        var hashes = new byte[ranges.Length * HmacSha1.HashLength];
        hmac.Compute(buffer, ranges, hashes);
        for (var i = 0; i < ranges.Length; i++)
        {
            Assert.Equal(
                HMACSHA1.HashData(key, buffer.AsSpan(ranges[i].Offset, ranges[i].Length)),
                hashes.AsSpan(i * HmacSha1.HashLength, HmacSha1.HashLength));
        }
    }

    private static byte[] Repeat(byte value, int count) => [.. Enumerable.Repeat(value, count)];
}
