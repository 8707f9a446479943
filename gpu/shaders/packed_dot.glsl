// SPDX-License-Identifier: Apache-2.0
// The sum of products of four signed bytes: OpSDot of SPV_KHR_integer_dot_product, with the numbers that the SPIR-V specification gives it.
// Declared here, as older compilers know SPIR-V's intrinsics but not GL_EXT_integer_dot_product.
#extension GL_EXT_spirv_intrinsics : require

spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"], capabilities = [6018, 6019], id = 4450)  // DotProductInput4x8BitPacked, DotProduct
int packedDot(int x, int y, spirv_literal int format);  // PackedVectorFormat4x8Bit is 0
