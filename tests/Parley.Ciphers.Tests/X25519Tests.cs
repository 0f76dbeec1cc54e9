using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace Parley.Ciphers.Tests;

public sealed class X25519Tests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    /// <summary>RFC 7748 §5.2: scalar, u-coordinate, result.</summary>
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void TryAgree_VectorsOfRfc7748_GivesTheirResult(string scalar, string u, string result)
    {
        Assert.Equal(result, Convert.ToHexStringLower(Agree(Hex.Bytes(scalar), Hex.Bytes(u))));
    }

    /// <summary>RFC 7748 §5.2, the iterated test. The million is for <c>PARLEY_LONG=1</c>.</summary>
    [Fact]
    public void TryAgree_ResultsFedBack_GivesTheValuesOfRfc7748()
    {
        var (k, u, next) = (new byte[32], new byte[32], new byte[32]);
        k[0] = u[0] = 9;
        var last = Environment.GetEnvironmentVariable("PARLEY_LONG") == "1" ? 1_000_000 : 1_000;
        for (var i = 1; i <= last; i++)
        {
            Assert.True(X25519.TryAgree(k, u, next));
            (k, u, next) = (next, k, u);
            var expected = i switch
            {
                1 => "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
                1_000 => "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
                1_000_000 => "7c3911e0ab2586fd864497297e575e6f3bc601c0883c30df5f4dd2d24f665424",
                _ => null,
            };
            if (expected is not null)
            {
                Assert.Equal(expected, Convert.ToHexStringLower(k));
            }
        }
    }

    /// <summary>RFC 7748 §6.1.</summary>
    [Fact]
    public void KeysOfRfc7748_BothSides_ShareItsSecret()
    {
        var alice = Hex.Bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        var bob = Hex.Bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        var (alicePublic, bobPublic) = (PublicKey(alice), PublicKey(bob));

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Convert.ToHexStringLower(alicePublic));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bobPublic));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(Agree(alice, bobPublic)));
        Assert.Equal(Agree(alice, bobPublic), Agree(bob, alicePublic));
    }

    /// <summary>
    /// The u-coordinates of small order below 2²⁵⁶: 0, 1, both of order 8, p − 1, p, p + 1, and all of them with the top bit set.
    /// </summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void TryAgree_PointOfSmallOrder_IsRefused(string point)
    {
        var u = Hex.Bytes(point);
        var secret = new byte[32];
        for (var i = 0; i < 20; i++)
        {
            secret.AsSpan().Fill(1);
            Assert.False(X25519.TryAgree(RandomNumberGenerator.GetBytes(32), u, secret));
            Assert.All(secret, each => Assert.Equal(0, each));
            u[31] ^= 0x80;
        }
    }

    [Fact]
    public void TryAgree_EdgesAndRandomPairs_IsBouncyCastles()
    {
        var random = new Random(7748);
        var edges = Edges().ToArray();
        var expected = new byte[32];
        foreach (var scalar in edges)
        {
            foreach (var u in edges)
            {
                Compare(scalar, u);
            }
        }

        for (var i = 0; i < 3_000; i++)
        {
            var (scalar, u) = (new byte[32], new byte[32]);
            random.NextBytes(scalar);
            random.NextBytes(u);
            Compare(scalar, u);
            Compare(edges[i % edges.Length], u);
        }

        void Compare(byte[] scalar, byte[] u)
        {
            Org.BouncyCastle.Math.EC.Rfc7748.X25519.ScalarMult(scalar, 0, u, 0, expected, 0);
            Assert.Equal(expected, Agree(scalar, u));
        }
    }

    [Fact]
    public void ComputePublicKey_EdgesAndRandomKeys_IsBouncyCastlesAndTheLaddersOfNine()
    {
        var random = new Random(25519);
        var nine = new byte[32];
        nine[0] = 9;
        var keys = Edges().ToList();
        for (var i = 0; i < 2_000; i++)
        {
            var key = new byte[32];
            random.NextBytes(key);
            keys.Add(key);
        }

        foreach (var key in keys)
        {
            var publicKey = PublicKey(key);
            Assert.Equal(new X25519PrivateKeyParameters(key).GeneratePublicKey().GetEncoded(), publicKey);
            Assert.Equal(Agree(key, nine), publicKey);
        }
    }

    [Fact]
    public void Keys_InPlace_AreTheSame()
    {
        var (ours, theirs) = (RandomNumberGenerator.GetBytes(32), PublicKey(RandomNumberGenerator.GetBytes(32)));
        var (expectedPublic, expectedSecret) = (PublicKey(ours), Agree(ours, theirs));
        var (first, second) = (ours.ToArray(), theirs.ToArray());
        X25519.ComputePublicKey(first, first);
        Assert.True(X25519.TryAgree(ours, second, second));
        Assert.Equal(expectedPublic, first);
        Assert.Equal(expectedSecret, second);
    }

    [Fact]
    public void Keys_AllocateNothing()
    {
        var (key, publicKey, secret) = (RandomNumberGenerator.GetBytes(32), new byte[32], new byte[32]);
        void Run()
        {
            for (var i = 0; i < 20; i++)
            {
                X25519.ComputePublicKey(key, publicKey);
                X25519.TryAgree(key, publicKey, secret);
            }
        }

        Run();
        Assert.Equal(0, SteadyState.Allocates(Run));
    }

    [Theory]
    [InlineData(31, 32, 32)]
    [InlineData(32, 33, 32)]
    [InlineData(32, 32, 31)]
    [InlineData(0, 0, 0)]
    public void TryAgree_AnotherLength_IsMisuse(int key, int point, int secret)
    {
        Assert.Throws<ArgumentException>(() => X25519.TryAgree(new byte[key], new byte[point], new byte[secret]));
    }

    [Theory]
    [InlineData(31, 32)]
    [InlineData(32, 33)]
    [InlineData(32, 0)]
    public void ComputePublicKey_AnotherLength_IsMisuse(int key, int publicKey)
    {
        Assert.Throws<ArgumentException>(() => X25519.ComputePublicKey(new byte[key], new byte[publicKey]));
    }

    // Around p and its multiples, around the powers of two where limbs end, and limbs of all ones.
    private static IEnumerable<byte[]> Edges()
    {
        var values = new List<BigInteger>
        {
            0,
            1,
            2,
            9,
            BigInteger.Pow(2, 256) - 1,
            (BigInteger.Pow(2, 256) - 1) / 3,
            (BigInteger.Pow(2, 256) - 1) / 15,
        };
        foreach (var center in (BigInteger[])[P, 2 * P, BigInteger.Pow(2, 254), BigInteger.Pow(2, 255)])
        {
            values.AddRange(Enumerable.Range(-3, 7).Select(offset => center + offset));
        }

        for (var limb = 1; limb <= 5; limb++)
        {
            values.Add(BigInteger.Pow(2, 51 * limb) - 1);
            values.Add(BigInteger.Pow(2, 51 * limb) - BigInteger.Pow(2, 51 * (limb - 1)));
        }

        return values.Where(value => value < BigInteger.Pow(2, 256)).Distinct().Select(value =>
        {
            var bytes = new byte[32];
            Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
            return bytes;
        });
    }

    private static byte[] PublicKey(byte[] key)
    {
        var publicKey = new byte[32];
        X25519.ComputePublicKey(key, publicKey);
        return publicKey;
    }

    private static byte[] Agree(byte[] key, byte[] point)
    {
        var secret = new byte[32];
        X25519.TryAgree(key, point, secret);
        return secret;
    }
}
