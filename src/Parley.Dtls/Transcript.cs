using System.Security.Cryptography;

namespace Parley.Dtls;

/// <summary>
/// The handshake messages so far, each with its header as if it had not been fragmented (RFC 6347 §4.2.6). Kept whole: the
/// signature of a CertificateVerify may use another hash than the Finished.
/// </summary>
internal sealed class Transcript
{
    private byte[] _buffer = new byte[2048];
    private int _length;

    public ReadOnlySpan<byte> Messages => _buffer.AsSpan(0, _length);

    public void Add(ReadOnlySpan<byte> message)
    {
        if (_buffer.Length - _length < message.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + message.Length));
        }

        message.CopyTo(_buffer.AsSpan(_length));
        _length += message.Length;
    }

    public void Clear() => _length = 0;

    public int Hash(HashAlgorithmName hash, Span<byte> destination) => KeySchedule.Hash(hash, Messages, destination);
}
