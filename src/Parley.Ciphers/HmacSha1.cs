using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>
/// HMAC-SHA1 (RFC 2104) under one key: the authentication of SRTP's AES-CM transforms (RFC 3711 §4.2.1). One message is hashed by the
/// platform; of several at once up to sixteen go side by side through the processor's vectors. Allocates nothing per call. Not safe for
/// concurrent use.
/// </summary>
public sealed unsafe class HmacSha1 : IDisposable
{
    /// <summary>Bytes in a hash.</summary>
    public const int HashLength = 20;

    /// <summary>Fewer messages than this are hashed one by one: a pass costs the same however many lanes it fills.</summary>
    private const int LeastForFour = 2;
    private const int LeastForEight = 4;
    private const int LeastForSixteen = 8;
    private const int BlockLength = 64;
    private const int StateLength = 5;

    private readonly IncrementalHash _platform;
    private readonly KeyMemory _memory = new(2 * StateLength * sizeof(uint));
    private readonly uint* _inner;
    private readonly uint* _outer;
    private readonly int _lanes;
    private bool _disposed;

    /// <summary>Takes a copy of the key.</summary>
    /// <param name="key">Any length; SRTP's has 20 bytes.</param>
    public HmacSha1(ReadOnlySpan<byte> key)
        : this(key, MostLanes)
    {
    }

    internal HmacSha1(ReadOnlySpan<byte> key, int lanes)
    {
        _lanes = lanes;
        _platform = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
        _inner = (uint*)_memory.Pointer;
        _outer = _inner + StateLength;
        if (lanes > 1)
        {
            Span<byte> padded = stackalloc byte[BlockLength];
            padded.Clear();
            if (key.Length > BlockLength)
            {
                SHA1.HashData(key, padded);
            }
            else
            {
                key.CopyTo(padded);
            }

            HmacSha1Batch<Vector128<uint>, Lanes128>.Begin(padded, _inner, _outer);
            CryptographicOperations.ZeroMemory(padded);
        }
    }

    /// <summary>How many messages this processor hashes side by side: 16, 8, 4, or 1.</summary>
    internal static int MostLanes { get; } =
        !BitConverter.IsLittleEndian ? 1
        : Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? 16
        : Avx2.IsSupported ? 8
        : Ssse3.IsSupported || AdvSimd.Arm64.IsSupported ? 4
        : 1;

    /// <summary>Hashes one message.</summary>
    /// <param name="message">Any length.</param>
    /// <param name="hash">Receives 20 bytes.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (hash.Length < HashLength)
        {
            Misuse.ThrowLength();
        }

        _platform.AppendData(message);
        _platform.GetHashAndReset(hash);
    }

    /// <summary>Hashes several messages that lie in one buffer. Messages of about one length cost the least.</summary>
    /// <param name="buffer">Where they lie.</param>
    /// <param name="messages">Their places; they may overlap.</param>
    /// <param name="hashes">Receives 20 bytes for each, in their order.</param>
    /// <exception cref="ArgumentException">A message does not lie in the buffer, or the destination is too short.</exception>
    /// <exception cref="ObjectDisposedException">The key is disposed.</exception>
    public void Compute(ReadOnlySpan<byte> buffer, ReadOnlySpan<MessageRange> messages, Span<byte> hashes)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (hashes.Length < messages.Length * HashLength)
        {
            Misuse.ThrowLength();
        }

        foreach (var message in messages)
        {
            if (((ulong)(uint)message.Offset + (uint)message.Length) > (uint)buffer.Length)
            {
                Misuse.ThrowLength();
            }
        }

        fixed (byte* bytes = buffer)
        {
            while (!messages.IsEmpty)
            {
                var count = ComputeSome(buffer, bytes, messages, hashes);
                messages = messages[count..];
                hashes = hashes[(count * HashLength)..];
            }
        }
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        _platform.Dispose();
        _memory.Dispose();
    }

    /// <summary>Hashes the first message, or the first few side by side, and answers how many.</summary>
    private int ComputeSome(ReadOnlySpan<byte> buffer, byte* bytes, ReadOnlySpan<MessageRange> messages, Span<byte> hashes)
    {
        if (_lanes >= 16 && messages.Length >= LeastForSixteen)
        {
            var some = messages[..Math.Min(16, messages.Length)];
            HmacSha1Batch<Vector512<uint>, Lanes512>.Compute(bytes, some, hashes, _inner, _outer);
            return some.Length;
        }

        if (_lanes >= 8 && messages.Length >= LeastForEight)
        {
            var some = messages[..Math.Min(8, messages.Length)];
            HmacSha1Batch<Vector256<uint>, Lanes256>.Compute(bytes, some, hashes, _inner, _outer);
            return some.Length;
        }

        if (_lanes >= 4 && messages.Length >= LeastForFour)
        {
            var some = messages[..Math.Min(4, messages.Length)];
            HmacSha1Batch<Vector128<uint>, Lanes128>.Compute(bytes, some, hashes, _inner, _outer);
            return some.Length;
        }

        Compute(buffer.Slice(messages[0].Offset, messages[0].Length), hashes);
        return 1;
    }
}
