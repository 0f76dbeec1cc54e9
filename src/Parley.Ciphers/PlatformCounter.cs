using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Parley.Ciphers;

/// <summary>AES in counter mode over the operating system's block cipher.</summary>
internal sealed class PlatformCounter : CounterEngine
{
    private readonly Aes _aes;
    private readonly ICryptoTransform _encryptor;
    private readonly byte[] _blocks = new byte[32 * 16];
    private readonly byte[] _stream = new byte[32 * 16];

    public PlatformCounter(ReadOnlySpan<byte> key)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.SetKey(key);
        // The one-shot EncryptEcb makes a cipher for each call; a transform is made once and allocates nothing after that.
        _encryptor = _aes.CreateEncryptor();
    }

    public override void EncryptBlock(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        block.CopyTo(_blocks);
        _encryptor.TransformBlock(_blocks, 0, 16, _stream, 0);
        _stream.AsSpan(0, 16).CopyTo(destination);
        CryptographicOperations.ZeroMemory(_blocks.AsSpan(0, 16));
        CryptographicOperations.ZeroMemory(_stream.AsSpan(0, 16));
    }

    public override void Transform(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        while (!input.IsEmpty)
        {
            var length = Math.Min(input.Length, _blocks.Length);
            var padded = (length + 15) & ~15;
            for (var at = 0; at < padded; at += 16)
            {
                BinaryPrimitives.WriteUInt128BigEndian(_blocks.AsSpan(at), counter++);
            }

            _encryptor.TransformBlock(_blocks, 0, padded, _stream, 0);
            for (var i = 0; i < length; i++)
            {
                output[i] = (byte)(input[i] ^ _stream[i]);
            }

            input = input[length..];
            output = output[length..];
        }

        CryptographicOperations.ZeroMemory(_stream);
    }

    public override void Dispose()
    {
        _encryptor.Dispose();
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_stream);
    }
}
