using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Parley.Ciphers;

namespace Parley.Bench;

/// <summary>The bulk ciphers over 1,200 bytes, beside the platform's.</summary>
[MemoryDiagnoser, MinColumn, MedianColumn]
public class CipherBenchmarks
{
    private const int Length = 1200;
    private readonly byte[] _buffer = new byte[Length];
    private readonly byte[] _output = new byte[Length];
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _iv = new byte[16];
    private readonly byte[] _aad = new byte[12];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _hash = new byte[20];
    private AesGcmCipher _gcm = null!;
    private AesCtrCipher _counter = null!;
    private AesGcm _platform = null!;
    private IncrementalHash _hmac = null!;

    [Params(128, 256)]
    public int KeyBits { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var key = new byte[KeyBits / 8];
        _gcm = new AesGcmCipher(key);
        _counter = new AesCtrCipher(key);
        _platform = new AesGcm(key, 16);
        _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, new byte[20]);
        _gcm.Seal(_nonce, _aad, _buffer, _buffer, _tag);
    }

    [Benchmark(Baseline = true)]
    public void PlatformOpen() => _platform.Decrypt(_nonce, _buffer, _tag, _output, _aad);

    [Benchmark]
    public void PlatformSeal() => _platform.Encrypt(_nonce, _output, _output, _hash.AsSpan(0, 16), _aad);

    [Benchmark]
    public bool GcmOpen() => _gcm.TryOpen(_nonce, _aad, _buffer, _tag, _output);

    [Benchmark]
    public void GcmSeal() => _gcm.Seal(_nonce, _aad, _output, _output, _hash.AsSpan(0, 16));

    [Benchmark]
    public void CounterMode() => _counter.Transform(_iv, _output, _output);

    [Benchmark]
    public void PlatformHmacSha1()
    {
        _hmac.AppendData(_output);
        _hmac.GetHashAndReset(_hash);
    }
}
