using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Net;

/// <summary>
/// Where a protocol core takes its random numbers from: the operating system's generator in production, a seeded one in a
/// simulation, so that the same seed gives the same bytes on the wire. Not safe for concurrent use: one connection, one source.
/// </summary>
public abstract class RandomSource
{
    /// <summary>The operating system's cryptographic generator. This one may be shared between threads.</summary>
    public static RandomSource System { get; } = new SystemRandomSource();

    /// <summary>A repeatable generator for tests and simulations. Never use it for keys on a real network.</summary>
    /// <param name="seed">Equal seeds give equal sequences.</param>
    public static RandomSource Seeded(ulong seed) => new SeededRandomSource(seed);

    /// <summary>Fills the destination with random bytes.</summary>
    public abstract void Fill(Span<byte> destination);

    /// <summary>A number of which each bit is random.</summary>
    public virtual uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>A number of which each bit is random.</summary>
    public virtual ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A number from 0 up to, but not including, <paramref name="bound"/>; each equally likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var limit = uint.MaxValue - uint.MaxValue % (uint)bound;
        uint drawn;
        do
        {
            drawn = NextUInt32();
        }
        while (drawn >= limit);

        return (int)(drawn % (uint)bound);
    }

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private sealed class SystemRandomSource : RandomSource
    {
        public override void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
    }

    // xoshiro256** by Blackman and Vigna, seeded through SplitMix64 as its authors advise.
    private sealed class SeededRandomSource : RandomSource
    {
        private ulong _s0, _s1, _s2, _s3;

        public SeededRandomSource(ulong seed)
        {
            _s0 = SplitMix(ref seed);
            _s1 = SplitMix(ref seed);
            _s2 = SplitMix(ref seed);
            _s3 = SplitMix(ref seed);
        }

        public override ulong NextUInt64()
        {
            var result = ulong.RotateLeft(_s1 * 5, 7) * 9;
            var t = _s1 << 17;
            _s2 ^= _s0;
            _s3 ^= _s1;
            _s1 ^= _s2;
            _s0 ^= _s3;
            _s2 ^= t;
            _s3 = ulong.RotateLeft(_s3, 45);
            return result;
        }

        public override uint NextUInt32() => (uint)(NextUInt64() >> 32);

        public override void Fill(Span<byte> destination)
        {
            Span<byte> word = stackalloc byte[8];
            while (!destination.IsEmpty)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
                var count = Math.Min(8, destination.Length);
                word[..count].CopyTo(destination);
                destination = destination[count..];
            }
        }

        private static ulong SplitMix(ref ulong state)
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
