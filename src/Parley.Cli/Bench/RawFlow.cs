using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Parley.Ciphers;
using Parley.Net;

namespace Parley.Cli.Bench;

/// <summary>
/// What no data channel can be faster than on this machine: datagrams of one size over two loopback sockets with segmentation offload
/// both ways (UDP_SEGMENT, UDP_GRO), each sealed and opened with AES-128-GCM as a DTLS 1.2 record, and its payload copied once. One
/// thread does both sides by turns; nothing is acknowledged, ordered or sent again.
/// </summary>
internal sealed class RawFlow : IDisposable
{
    /// <summary>
    /// What a DTLS 1.2 record adds to its content, in bytes: the header (RFC 6347 §4.1), the explicit nonce (RFC 5288 §3) and the tag.
    /// </summary>
    public const int Overhead = HeaderLength + ExplicitNonceLength + AesGcmCipher.TagLength;

    private const int HeaderLength = 13;
    private const int ExplicitNonceLength = 8;
    private const int AadLength = 13;

    // The most that the kernel cuts up from one message, and so what leaves with one call.
    private const int Together = 64;

    private static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(each => (byte)each)];

    private readonly IDatagramSocket _from;
    private readonly IDatagramSocket _to;
    private readonly AesGcmCipher _sealing = new(Key);
    private readonly AesGcmCipher _opening = new(Key);
    private readonly DatagramBatch _sending = new(bufferSize: 1024 * 1024);
    private readonly DatagramBatch _receiving = new();
    private readonly byte[] _message;
    private readonly int _datagram;
    private ulong _sequence;

    /// <summary>A flow of datagrams of a size in bytes, of at least <see cref="Overhead"/> and one.</summary>
    public RawFlow(int datagram)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(datagram, Overhead);
        _datagram = datagram;
        _message = new byte[datagram - Overhead];
        _from = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.Loopback, 0));
        _to = UdpNetwork.Default.Bind(new TransportAddress(IPAddress.Loopback, 0));
    }

    /// <summary>Moves datagrams for a time and returns the payload bytes that came through.</summary>
    public long Run(TimeSpan time, CancellationToken cancellation)
    {
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            cancellation.ThrowIfCancellationRequested();
            Fill();
            _from.Send(_sending);
            bytes += Drain();
        }

        return bytes;
    }

    public void Dispose()
    {
        _from.Dispose();
        _to.Dispose();
        _sealing.Dispose();
        _opening.Dispose();
    }

    private static void WriteNonce(Span<byte> nonce, ReadOnlySpan<byte> record)
    {
        nonce[..4].Clear();
        record.Slice(HeaderLength, ExplicitNonceLength).CopyTo(nonce[4..]);
    }

    private void Fill()
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        _sending.Clear();
        for (int count = 0; count < Together && _sending.Reserve(_datagram) is { IsEmpty: false } record; count++)
        {
            record[..HeaderLength].Clear();
            BinaryPrimitives.WriteUInt64BigEndian(record[HeaderLength..], _sequence++);
            Span<byte> content = record.Slice(HeaderLength + ExplicitNonceLength, _message.Length);
            _message.CopyTo(content);
            WriteNonce(nonce, record);
            _sealing.Seal(nonce, record[..AadLength], content, content, record[^AesGcmCipher.TagLength..]);
            _sending.Commit(_datagram, _to.LocalAddress);
        }
    }

    private long Drain()
    {
        Span<byte> nonce = stackalloc byte[AesGcmCipher.NonceLength];
        long bytes = 0;
        do
        {
            _receiving.Clear();
            _to.Receive(_receiving);
            for (int index = 0; index < _receiving.Count; index++)
            {
                Span<byte> record = _receiving.Datagram(index);
                Span<byte> content = record[(HeaderLength + ExplicitNonceLength)..^AesGcmCipher.TagLength];
                WriteNonce(nonce, record);
                if (!_opening.TryOpen(nonce, record[..AadLength], content, record[^AesGcmCipher.TagLength..], content))
                {
                    throw new CommandException("A datagram does not verify.");
                }

                bytes += content.Length;
            }
        }
        while (_receiving.Count > 0);

        return bytes;
    }
}
