"""The pack for staffing firms: sellers who win job orders and recruiters who fill them."""
