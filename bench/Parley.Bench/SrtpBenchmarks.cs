using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Parley.Srtp;

namespace Parley.Bench;

/// <summary>SRTP over RTP packets of 1,200 bytes, header included.</summary>
[MemoryDiagnoser, MinColumn, MedianColumn]
public class SrtpBenchmarks
{
    private const int Length = 1200;
    public const int Packets = 512;
    private const uint Ssrc = 1;
    private readonly byte[][] _protected = new byte[Packets][];
    private readonly byte[] _buffer = new byte[Length + 32];
    private SrtpContext _outbound = null!;
    private SrtpContext _inbound = null!;

    [ParamsAllValues]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _outbound = new SrtpContext(Profile, new byte[Profile.KeyLength], new byte[Profile.SaltLength]);
        _inbound = new SrtpContext(Profile, new byte[Profile.KeyLength], new byte[Profile.SaltLength]);
        for (var i = 0; i < Packets; i++)
        {
            WriteHeader(i);
            _protected[i] = _buffer[.._outbound.ProtectRtp(_buffer, Length)];
        }
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public void Protect()
    {
        for (var i = 0; i < Packets; i++)
        {
            WriteHeader(i);
            _outbound.ProtectRtp(_buffer, Length);
        }
    }

    /// <summary>Includes the copy of each packet into the buffer. Forgetting the source makes the same packets new again.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void Unprotect()
    {
        _inbound.Remove(Ssrc);
        for (var i = 0; i < Packets; i++)
        {
            var packet = _buffer.AsSpan(0, _protected[i].Length);
            _protected[i].CopyTo(packet);
            if (!_inbound.TryUnprotectRtp(packet, out _, out var error))
            {
                throw new InvalidOperationException(error.ToString());
            }
        }
    }

    private void WriteHeader(int sequenceNumber)
    {
        _buffer[0] = 0x80;
        _buffer[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(2), (ushort)sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(8), Ssrc);
    }
}
